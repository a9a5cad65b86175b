# Connections: every source with its health, and what has to be filled in.
nav-connections = Connections
connections-intro =
    { $count ->
        [0] Nothing is connected yet.
        [one] One source.
       *[other] { $count } sources.
    } { $bad ->
        [0] {""}
        [one] One needs a look.
       *[other] { $bad } need a look.
    }
connections-there = Connected
connections-there-hint = when each was last heard, and what to do
connections-none = Connect the shop first: its orders are what everything else is about.
connections-how = How
connections-lately-head = Last day, last week
connections-lately = { $day } in a day, { $week } in a week
connections-stands = How it is
connections-asked = asked
connections-asked-every =
    { $minutes ->
        [one] asked every minute
       *[other] asked every { $minutes } minutes
    }
connections-sends = sends, signed
connections-hands-in = handed in
connections-at-start = set where Kept was started
connect-at-start = Its settings were given where Kept was started: they are changed there, and Kept is started again.
connect-other-gateway = Text messages leave by { $name }, set where Kept was started. One gateway is in force: to use this one, start Kept without that one.
connections-not = not connected
connections-day = In the last day
connections-week = In the last seven days
connections-answered = Last answered
connections-failing = Does not answer since { $when }: { $trouble }
connections-unanswered = Has not answered for several rounds
connections-unanswered-do = Is Kept running all the time, and only one with this database? Try the connection.
connections-silent = Silent: last heard { $since }. The longest pause of the two weeks before was { $pause }.
connections-silent-do = Look whether the partner still sends: webhooks are switched off after errors. Try the connection.
connections-unread =
    { $count ->
        [one] One payload was not taken, { $when }: { $trouble }
       *[other] { $count } payloads were not taken, the last { $when }: { $trouble }
    }
connections-unread-do = Nothing is lost: the bytes are kept under Not understood.
connections-good = Well
connections-quiet = Connected, nothing heard yet
connections-detail = The words as they came
connections-mail = Mail out
connections-mail-waiting =
    { $count ->
        [0] nothing waits to leave
        [one] one message waits to leave
       *[other] { $count } messages wait to leave
    }
connections-mail-none = No mail server: nobody is told anything
connections-mail-none-do = Letters stay in the drawer, under Messages. Set KEPT_SMTP_HOST where Kept is started.
connections-mail-good = Ready
connections-others = Can be connected
connections-others-hint = ten minutes each
connections-kind-shop = Shops
connections-kind-carrier = Carriers
connections-kind-aggregator = Aggregators: one connection for many carriers

## What kind of trouble, and what to do
trouble-key = the key was refused, or is not set
trouble-key-do = Copy the key again from the partner’s back office, whole and without a space, and store it here.
trouble-rights = the key is good, and may not read this
trouble-rights-do = Give the key the right to read orders (to write, if Kept is to act), or make one that has it.
trouble-address = nothing of the kind is at this address
trouble-address-do = Check the address: it begins with https:// and leads to the shop itself, not to a page of it or to another address.
trouble-unreachable = no connection, or too slow an answer
trouble-unreachable-do = Kept tries again by itself. If it lasts: is the address right, and does the partner’s server answer?
trouble-too-often = asked too often
trouble-too-often-do = Nothing to do: Kept waits as long as it was told to.
trouble-out-of-order = out of order
trouble-out-of-order-do = Nothing to do here: Kept tries again by itself.
trouble-not-found = the number is not known there
trouble-not-found-do = Often it is too early: a number is known some hours after the label.
trouble-question = the question was not accepted
trouble-question-do = Check what was filled in: the time zone, the user, the number.
trouble-not-data = what came is no data: a web page, nothing, or only a part
trouble-not-data-do = Check the address; a maintenance page answers so too.
trouble-form = what came has another form than the partner documents
trouble-form-do = Look at the bytes as they came, under Not understood.
trouble-not-taken = read, and not all of it could be taken
trouble-not-taken-do = Look at it under Not understood; it is tried again when it comes again.
trouble-other = the partner answered with an error of its own
trouble-other-do = Look at the words as they came.

## Connecting
connect-title = Connect
connect-change = Change what was filled in
connect-act = Connect and try
connect-act-hint = Really asks, and says what came back.
connect-optional = (may stay empty)
connect-empty = This cannot stay empty.
connect-try = Try it
connect-remove = Disconnect
connect-remove-said = It is asked no more, and the key is forgotten. What came in stays.
connect-remove-act = Forget the key
connect-not-exchanged = Nothing was changed, since what is new does not work: { $trouble }
connect-stored-refused = Stored, but it does not work yet: { $trouble }
connect-tried-refused = It does not work: { $trouble }
connect-tried-orders =
    { $count ->
        [0] It works. No order changed within a day.
        [one] It works. One order changed within a day.
       *[other] It works. { $count } orders changed within a day, at least.
    }
connect-tried-parcel =
    { $count ->
        [one] It works: one scan of parcel { $number }.
       *[other] It works: { $count } scans of parcel { $number }.
    }
connect-tried-unknown = It works: the key was accepted. Number { $number } is not known there, which was to be expected without a parcel of yours.
connect-hook-title = Webhook: what it sends by itself
connect-hook-there = a secret is stored
connect-hook-missing = no secret yet: nothing is taken
connect-address-is = The address to paste there:
connect-token-place = THE-SECRET
connect-secret-is = The secret:
connect-secret-made = Here is the secret, and the address with it.
connect-secret-make = Make a secret
connect-secret-again = Make another secret
connect-secret-or = Or store one of yours:
connect-secret-theirs = The secret that the partner shows:
field-url = Address of the shop
field-url-hint = https://your-shop.example
field-shopify-url = Address of the shop in Shopify
field-shopify-url-hint = https://your-shop.myshopify.com
field-key = Key
field-woocommerce-key = Consumer key
field-woocommerce-key-hint = Begins with ck_
field-secret = Secret
field-woocommerce-secret = Consumer secret
field-woocommerce-secret-hint = Begins with cs_
field-client-id = Client ID
field-client-secret = Client secret
field-token = Access token
field-token-hint = Only where the app has one that does not end; then ID and secret may stay empty.
field-user = User name
field-password = Password
field-zone = The shop’s time zone
field-zone-hint = Europe/Paris; Kept’s own if left empty
field-address = Another address of the same service
field-address-hint = A sandbox; the carrier’s own if left empty.
field-laposte-key = Okapi key

connect-woocommerce-1 = In WordPress open WooCommerce → Settings → Advanced → REST API, and add a key.
connect-woocommerce-2 = Permissions: Read, or Read/Write if Kept is to act (cancellations, refunds, notes).
connect-woocommerce-3 = Copy both keys at once: WooCommerce shows the secret only then. The address is the site’s, with https.
connect-woocommerce-hook-1 = Make a secret here; then in WooCommerce → Settings → Advanced → Webhooks add one each for Order created, Order updated and Order deleted.
connect-woocommerce-hook-2 = Delivery URL: the address below, with the secret in place of THE-SECRET. Secret: the same secret.
connect-shopify-1 = Make an app for your shop with the scopes read_orders, read_customers, and read_all_orders for what is older than 60 days; to act also write_orders, write_order_edits and write_draft_orders.
connect-shopify-2 = The app must be allowed to see names and addresses (protected customer data).
connect-shopify-3 = Install it, and copy client ID and client secret from its page in the Dev Dashboard; or the access token, where it has one.
connect-shopify-hook-1 = In the app add webhooks for orders/create, orders/updated, orders/cancelled, fulfillments/create and fulfillments/update, with the address below.
connect-shopify-hook-2 = They are signed with the app’s client secret: store it here.
connect-prestashop-1 = In the back office open Advanced Parameters → Webservice, switch it on, and add a key.
connect-prestashop-2 = Rights: GET on orders, order_carriers, order_slip, customers, addresses, countries, states, currencies, languages and carriers; to act also POST on order_histories and addresses, PATCH on orders.
connect-prestashop-3 = Copy key and address. PrestaShop writes times without a zone: fill it in if it is not Kept’s.
connect-laposte-1 = At developer.laposte.fr open an application for the product Suivi v2.
connect-laposte-2 = Copy its Okapi key. It serves Colissimo, letters, and Chronopost through the same door.
connect-ups-1 = The Track API is asked with the client ID and the client secret of an app of your UPS developer account.
connect-ups-hook-1 = Track Alert: make a secret here, and give it as the credential of the subscription, with the address below.
connect-fedex-1 = The Track API is asked with the client ID and the client secret of a FedEx developer project.
connect-usps-1 = USPS is asked with the client ID and the client secret of an app of its developer portal.
connect-gls-1 = GLS is asked with the user name and password that GLS gave for its tracking service.
connect-dhl-1 = At developer.dhl.com ask for the API Shipment Tracking – Unified, and copy the key. New keys allow few calls.
connect-dhl-hook-1 = Push: make a secret here; at the subscription choose the header x-kept-token and the secret as its token, with the address below.
connect-chronopost-1 = Chronopost’s tracking service asks for no key: connect, and it is asked.
connect-aftership-hook-1 = In AfterShip’s settings add a webhook with the address below.
connect-aftership-hook-2 = Copy the webhook secret shown there, and store it here.
connect-easypost-hook-1 = Make a secret here, and give it with the address below when you add the webhook in EasyPost.
connect-shippo-hook-1 = In Shippo add a webhook for track_updated with the address below.
connect-shippo-hook-2 = Signatures are set up by Shippo on request: ask for them, and store the secret here.
connect-sendcloud-hook-1 = In Sendcloud’s integration switch webhooks on, with the address below.
connect-sendcloud-hook-2 = Store the secret key of that integration here: it signs what is sent.
connect-seventeentrack-hook-1 = In 17TRACK’s API settings set the webhook to the address below.
connect-seventeentrack-hook-2 = Store the API key here: it signs what is sent.

## Import
import-title = The shop’s past
import-said = Orders of the past are read so that those under way are followed, and the past can be looked at. Nobody is told what is long over.
import-back = Read back
import-days = { $days } days
import-first-hint = Read once, in the background.
import-act = Read again
import-progress = How far it is read
import-begins = The orders that changed since { $from } are about to be read.
import-under-way =
    { $count ->
        [one] One order read, up to { $day }.
       *[other] { $count } orders read, up to { $day }.
    }
import-done =
    { $count ->
        [0] No order changed since { $from }; read { $when }.
        [one] One order since { $from } was read, { $when }.
       *[other] { $count } orders since { $from } were read, { $when }.
    }

done-connected = Connected: it answered.
done-disconnected = Disconnected: it is asked no more.
done-connect-first = Nothing was done: connect it first.
done-import-begun = The past is being read.
today-failing =
    { $count ->
        [one] One connection does not answer.
       *[other] { $count } connections do not answer.
    }

## Orders from an export
imports-title = Orders from a file
imports-link = Read orders from a file (CSV)
imports-intro = An export of your shop as CSV. First you see what would be read; nothing is stored before you say so, and nobody is told what is long over.
imports-choose = The file
imports-paste = Or its text
imports-columns = Which column is what
imports-needed = (needed)
imports-no-column = none
imports-dates = Dates are written
imports-iso = 2026-12-31 14:05
imports-currency = Currency, where no column has it
imports-comma = Amounts with a comma: 1.024,90
imports-look = Look at it
imports-act = Read these orders
imports-found =
    { $count ->
        [0] No order can be read.
        [one] One order can be read.
       *[other] { $count } orders can be read.
    } { $errors ->
        [0] No line is wrong.
        [one] One line is wrong; its order is left out.
       *[other] { $errors } lines are wrong; their orders are left out.
    }
imports-done =
    { $count ->
        [0] No new order.
        [one] One order recorded.
       *[other] { $count } orders recorded.
    } { $known ->
        [0] {""}
        [one] One was known already.
       *[other] { $known } were known already.
    } { $wrong ->
        [0] {""}
        [one] One was not taken: it stands below, and is kept under Not understood.
       *[other] { $wrong } were not taken: they stand below, and are kept under Not understood.
    }
imports-errors = Lines that cannot be read
imports-errors-hint = correct them and read the file again: what is known is not read twice
imports-more = and { $count } more
imports-file = The file:
imports-line = Line { $line }
imports-line-column = Line { $line }, { $column }
imports-lines-head = Lines
imports-lines =
    { $count ->
        [one] one line
       *[other] { $count } lines
    }
order-field-order-number = Order number
order-field-at = Ordered
order-field-promised-day = Promised for
order-field-delivery-fee = Delivery fee
order-field-currency = Currency
order-field-destination-country = Country of delivery
order-field-destination-postal = Postal code
order-field-customer-reference = Customer number
order-field-customer-name = Customer’s name
order-field-customer-email = Customer’s mail address
order-field-customer-language = Customer’s language
order-field-line-sku = Article number
order-field-line-title = Article
order-field-line-quantity = Quantity
order-field-line-unit-price = Unit price
order-field-promised-at = Promised for (date and time)
order-field-ship-by = To be shipped by the end of
order-field-customer-phone = Customer’s phone
order-field-customer-address = Customer’s address
order-field-customer-city = Customer’s city
order-field-customer-country = Customer’s country
order-field-customer-zone = Customer’s time zone
order-field-customer-consumer = A consumer (yes or no)
order-field-customer-account = The firm’s account
order-field-line-price = Price of the line
order-field-line-seller = Selling partner
carrier-csv = Orders from a file
import-file-under-way =
    { $count ->
        [0] The { $of } orders of the file are about to be recorded.
        [one] One order recorded of { $of }.
       *[other] { $count } orders recorded of { $of }.
    }
imports-goes-on = It goes on without this page, and after Kept was stopped.
imports-look-again = Look how far it is
imports-busy = A file is being recorded already: wait until it is over.
