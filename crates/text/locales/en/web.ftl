### Texts of the pages, in English. Same keys and values as in the other language; a test compares them.
## The frame
skip = Skip to content
menu = Menu
nav-main = Navigation
nav-all = All pages
nav-short = Main pages
nav-today = Today
nav-promises = Promises
nav-parcels = Parcels
nav-customers = Customers
nav-messages = Messages
nav-playbooks = Playbooks
nav-figures = Figures
nav-unmapped = Not understood
nav-settings = Settings
search-label = Search for a number, an id or an address
search-placeholder = Find a number, an address…
search-title = Search
search-nothing = Nothing goes by the name of
search-what = A whole order or tracking number, an id (prm_…, par_…) or a customer’s address lead straight to their page.
sign-out = Sign out
other-language = Français
other-language-tag = fr
keys-title = Keys
keys-said = j and k: next, previous row · o: open · / or Ctrl+K: search · ?: this help
demo-note = Demonstration: customers and parcels are made up, nothing leaves for the outside.
ledger-verified = Ledger verified: { $when }
ledger-facts = Ledger: { $count ->
     [one] { $count } fact
    *[other] { $count } facts
    }
ledger-broken = The ledger’s chain is broken
ledger-unwatched = { $count ->
     [one] { $count } promise unwatched
    *[other] { $count } promises unwatched
    }
pager = Pages of the list
page-first = Start of the list
page-next = More
see-all = See all { $count }
role-agent = Agent
role-supervisor = Supervisor
role-admin = Administrator

## Small words
list-mark = {"; "}
never = never
yes = yes
times = { $count ->
     [one] once
    *[other] { $count } times
    }
span-days = { $days } days
over = over
contested = contested by the customer
quoted = “{ $text }”
offset-guessed = { $offset }, offset guessed
offset-unknown = offset unknown
the-guard = the guard
by-whom = by { $name }
noted-by = noted by { $name }
by-playbook = playbook { $playbook }
judged-by = judged on: { $name }
to-whom = to { $name }
to-operations = the team
somebody-erased = a person erased
order-number = order { $number }
language-fr = French
language-en = English
language-own-fr = Français
language-own-en = English
in-french = in French
in-english = in English
channel-phone = phone
channel-mail = mail
channel-chat = chat
channel-letter = letter
channel-shop = in the shop
channel-page = their page
channel-api = the API

## Owners, as the packs name them
owner-operations = Operations
owner-accounts = Accounts
owner-service = Customer service
owner-workshop = Workshop

## Playbooks, as the packs name them, in a few words
playbook-tell-late = tell late
playbook-apologise-late = apologise
playbook-next-word = next word
playbook-close-the-loop = close the loop
playbook-failed-attempt = failed attempt
playbook-address-problem = ask the address
playbook-pickup-waiting = pick-up waiting
playbook-pickup-reminder = pick-up reminder
playbook-presumed-lost = parcel lost
playbook-declared-lost = lost, says the carrier
playbook-file-claim = claim to file
playbook-found-again = parcel found
playbook-claim-over = claim to review
playbook-carrier-enquiry = question to the carrier
playbook-backordered = item not in stock
playbook-still-missing = item still missing
playbook-lines-withdrawn = items withdrawn
playbook-returned = returned
playbook-not-arrived = said not arrived
playbook-silent-operations = alert the team
playbook-ask-for-proof = ask for proof
playbook-carry-out-cancel = cancel at the customer’s wish
playbook-send-again = send again at the customer’s wish
playbook-pay-back = pay back what is owed
playbook-confirm-choice = confirm that it is done
playbook-confirm-refund = say that it is paid back
playbook-choice-not-possible = say that a person takes over
playbook-errand-refused = tell of a refusal by the shop
playbook-refund-late = refund late
playbook-partner-late = partner late

## Carriers and sources
carrier-laposte = La Poste
carrier-colissimo = Colissimo
carrier-chronopost = Chronopost
carrier-dpd = DPD
carrier-dhl = DHL
carrier-ups = UPS
carrier-gls = GLS
carrier-fedex = FedEx
carrier-usps = USPS
carrier-mondial-relay = Mondial Relay
carrier-colis-prive = Colis Privé
carrier-dhl-express = DHL Express
carrier-dhl-parcel-de = DHL Paket
carrier-dhl-poland = DHL Polska
carrier-mydhl = MyDHL
carrier-usps-international = USPS International
carrier-amazon-shipping = Amazon Shipping
carrier-aramex = Aramex
carrier-asendia = Asendia
carrier-australiapost = Australia Post
carrier-bpost = bpost
carrier-canadapost = Canada Post
carrier-canpar = Canpar Express
carrier-hermes = Hermes
carrier-inpost = InPost
carrier-landmark = Landmark Global
carrier-parcelone = PARCEL.ONE
carrier-postnl = PostNL
carrier-purolator = Purolator
carrier-royal-mail = Royal Mail
carrier-royalmail = Royal Mail
carrier-seko = SEKO
carrier-sendle = Sendle
carrier-smartkargo = SmartKargo
carrier-spring = Spring
carrier-teleship = Teleship
carrier-tnt = TNT
carrier-easypost = EasyPost
carrier-sendcloud = Sendcloud
carrier-seventeentrack = 17TRACK
carrier-shippo = Shippo
carrier-epcis = EPCIS
carrier-aftership = AfterShip
carrier-woocommerce = WooCommerce
carrier-shopify = Shopify
carrier-prestashop = PrestaShop
carrier-own = The shop’s own facts
carrier-api = The shop’s own facts

## Sentences of promises, to the team
sentence-by = { $sentence } by { $due }
sentence-delivery-order-named = Deliver order { $number } to { $name }
sentence-delivery-order-unnamed = Deliver order { $number }
sentence-delivery-named = Deliver to { $name }
sentence-delivery-unnamed = Deliver an order
sentence-refund-amount-named = Refund { $amount } to { $name }
sentence-refund-amount-unnamed = Refund { $amount }
sentence-refund-order-named = Refund order { $number } to { $name }
sentence-refund-order-unnamed = Refund order { $number }
sentence-refund-named = Refund { $name }
sentence-refund-unnamed = Refund
sentence-reply-order-named = Reply to { $name } about order { $number }
sentence-reply-order-unnamed = Reply about order { $number }
sentence-reply-named = Reply to { $name }
sentence-reply-unnamed = Reply
sentence-call-back-order-named = Call { $name } back about order { $number }
sentence-call-back-order-unnamed = Call back about order { $number }
sentence-call-back-named = Call { $name } back
sentence-call-back-unnamed = Call back
sentence-repair-order-named = Repair for { $name } (order { $number })
sentence-repair-order-unnamed = Repair (order { $number })
sentence-repair-named = Repair for { $name }
sentence-repair-unnamed = Repair
sentence-supply-order-named = { $name } hands over its part of order { $number } to the carrier
sentence-supply-order-unnamed = Order { $number } handed over to the carrier
sentence-supply-named = { $name } hands over its part of the order to the carrier
sentence-supply-unnamed = Hand-over to the carrier by a partner
sentence-other-named = { $kind } for { $name }
sentence-other-unnamed = { $kind }

## Sentences of promises, to the customer
you-delivery-order = Deliver your order { $number }
you-delivery = Deliver your order
you-refund-amount = Refund you { $amount }
you-refund-order = Refund your order { $number }
you-refund = Refund you
you-reply-order = Reply to you about order { $number }
you-reply = Reply to you
you-call-back-order = Call you back about order { $number }
you-call-back = Call you back
you-repair = Repair what you entrusted to us
you-other = { $kind }

## The line of a promise
line-given = given { $when }
line-due = due { $when }
line-review = to be reviewed { $when }
line-estimate = we expect { $when }
line-told = customer told { $when }
line-late = late by { $by }
line-ended = { $state } { $when }
label-given = given { $when }
label-due = due { $when }
label-review = review { $when }
label-now = now
strip-said = Step: { $milestone }
review-on = review { $when }

## Rows
no-parcel-yet = no parcel announced yet
and-more-parcels = { $count ->
     [one] and { $count } more parcel
    *[other] and { $count } more parcels
    }
parcel-said = { $carrier } { $number }, { $state }
word-by-on = promised by { $giver } { $when }
by-shop = the shop
by-agent = an agent
by-system = the system
by-partner = a partner
by-law = the law
by-customer = the customer
told-on = told { $when }
told-bounced = message came back, customer not told
asked-times = { $count ->
     [one] asked once
    *[other] asked { $count } times
    }
choice-made = choice: { $choice }
choice-wait = wait
choice-cancel = cancel
choice-reship = a new parcel
choice-another-day = another day
peace-wanted = wants peace about this
act-read-message = Read message
act-settle = Settle
act-approve = Let it go out
act-say-nothing = Say nothing
held-until = until { $when }
letter-erased = The text has been erased

## Today
today-late = Late
today-late-hint = since the due
today-due-hint = due
today-hour = Within the hour
today-day = Before tonight
today-risk = At risk later
today-disputed = Disputed by the customer
today-disputed-hint = to be settled on evidence
today-waiting = Messages that wait for your yes
today-waiting-hint = nothing leaves without you
today-held = Held by the guard
today-held-hint = why
today-unknown = Deliveries with unknown fate
today-unknown-hint = never resent in silence
today-errands-hint = waits for a person
today-first-late = { $count ->
     [one] One promise is late
    *[other] { $said } promises are late
    }
today-first-none = No promise is late
today-rest-soon = { $count ->
     [0] none is due before tonight
     [one] one is due before tonight
    *[other] { $said } are due before tonight
    }
today-rest-risk = { $count ->
     [0] none is at risk later
     [one] one is at risk later
    *[other] { $said } are at risk later
    }
today-told = { $told ->
     [0] None of the customers concerned has learned it from us yet.
     [one] One customer in { $of } learned it from us before they had to ask.
    *[other] { $said } customers in { $of } learned it from us before they had to ask.
    }
today-open = In all, { $count ->
     [one] one promise stands
    *[other] { $count } promises stand
    } open.
today-calm = Nothing needs a person for now. A promise that is late, at risk or disputed, a message to approve or held, will appear here by itself.
today-not-understood = Not understood: { $codes ->
     [one] { $codes } code
    *[other] { $codes } codes
    } without a meaning, { $payloads ->
     [one] { $payloads } unreadable payload
    *[other] { $payloads } unreadable payloads
    }.

## Promises
promises-intro = { $count ->
     [0] No promise matches.
     [one] One promise.
    *[other] { $count } promises, next due first.
    }
promises-intro-newest = { $count ->
     [0] No promise matches.
     [one] One promise.
    *[other] { $count } promises, the newest first.
    }
promises-intro-many = More than { $count } promises, the next due first.
promises-intro-newest-many = More than { $count } promises, the newest first.
promises-empty = A promise is born of an order, of a word given or of the law; it will appear here as soon as the fact is received.
promises-of-figure = Promises under the figure “{ $figure }”, first due from { $from } to { $to }.
filter-act = Show
filter-clear = Show all
filter-state = State
filter-kind = Kind
filter-owner = Owner
filter-due = Due
filter-number = Order or tracking number
filter-person = Whole address or reference
filter-milestone = Milestone
filter-exception = Trouble
filter-carrier = Carrier
filter-under-way = Under way only
filter-without-order = Without a known order
filter-any-state = Any state
filter-still-owed = Still owed
filter-any-kind = Any kind
filter-any-owner = Anybody
filter-any-due = Any
filter-due-1 = within a day
filter-due-7 = within seven days
filter-due-30 = within thirty days
filter-any-milestone = Any milestone
filter-no-matter = With or without
filter-any-trouble = Any open trouble

## A promise
fact3-owner = Owner
fact3-to = To whom
fact3-order = Order
fact3-parcel = Parcel
fact3-first-due = First due
fact3-review = Review
fact3-next-word = Next word owed
fact3-watch = Next look
fact3-told = Customer told
fact3-partner = Partner
fact3-serves = For
fact3-serves-what = what we promised the customer
fact3-penalty = Added by law
fact3-penalty-so-far = { $amount } ({ $percent } %)
fact3-penalty-next = The law adds
fact3-penalty-then = { $amount } more, { $when }
fact3-held = Money held
fact3-held-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
fact3-asked = Customer asked
fact3-choice = Customer’s choice
fact3-peace = Wants peace
fact3-carrier = Carrier
fact3-carrier-day = It expects to deliver
fact3-scans = Scans read
fact3-first-seen = Known since
fact3-placed = Placed
fact3-promised = Promised by the shop
fact3-ship-by = Hand-over to the carrier
fact3-fee = Delivery fee
fact3-refunded = Refunded
fact3-country = Country
fact3-email = Mail
fact3-phone = Phone
fact3-address = Address
fact3-reference = Reference
fact3-language = Language
fact3-consumer = Standing
fact3-zone = Time zone
fact3-since = Known since
fact3-bounced = Mail came back
consumer = consumer
firm = trade
carrier-day-said = { $day } (said { $when })
remark-amended = Due moved at the customer’s wish
remark-uncertain = Probably: the carrier’s clock leaves a doubt near the due
remark-first-due = against the first due: { $state }
words-title = Words given
words-none = No word has been given yet.
words-who = Who
words-said = What was said
words-due = Due
words-standing = Standing
word-governs = in force, the earliest
word-in-force = in force
word-waiting = waits for a condition
word-exceeded = beyond authority, honoured all the same
word-announced = date announced with the order
word-not-said = no sentence kept
no-due = no due
happened-title = What happened
nothing-happened = Nothing yet.
messages-title = Messages
letter-meta = { $state } · playbook { $playbook }, mode { $mode } · { $language }
estimate-title = Where the estimate comes from
estimate-range = Rather { $day }, nine times in ten by { $by }.
estimate-day = Rather { $day }.
estimate-carrier = It is the day the carrier itself said, { $when }.
estimate-past = { $count ->
     [one] Learned from one similar past parcel
    *[other] Learned from { $count } similar past parcels
    }, { $when }.
estimate-not-due = An estimate never moves the due.
items-title = Items
item-fee = Delivery fee
item-fee-of = Delivery fee, { $amount }
item-whole = The whole
item-sold-by = sold by { $name }
item-no-stock = not in stock, no date given
item-no-stock-until = not in stock, expected by { $day }
item-owed = Owed
item-kept = Given
item-kept-late = Given late
item-broken = Will not come
item-released = Released by the customer
related-title = Other promises of the order
acts-title = Act
assign-title = Hand to somebody else
assign-who = Who answers for it
assign-act = Hand over
amend-title = Note the customer’s wish for another day
amend-said = Only the customer’s own wish moves a due. Your name is noted with it.
amend-day = The day wished for
amend-act = Note
withdraw-title = Withdraw the promise
withdraw-said = A promise that the company withdraws is broken: it counts as such, with your name.
withdraw-cause = Cause
withdraw-act = Withdraw
settle-title = Settle the dispute
settle-said = On evidence: signature, the carrier’s inquiry, the customer’s word.
settle-state = Judged
settle-act = Settle
ledger-title = Every fact of the ledger
ledger-position = Position
ledger-kind = Fact
ledger-recorded = Recorded
ledger-source = Source

## What happened
fact-registered = Customer known to us
fact-asked = The customer had to ask
fact-contacted = The customer got in touch
fact-answered = The customer says: { $says }
fact-erased = Personal data erased
fact-bounced = A message came back: the customer is not told
fact-placed = Order placed
fact-named = The order’s customer is known
lines-count = { $count ->
     [one] { $count } item
    *[other] { $count } items
    }
fact-cancelled-shop = { $count ->
     [one] One item will not come, withdrawn by the shop
    *[other] { $count } items will not come, withdrawn by the shop
    }
fact-cancelled-customer = { $count ->
     [one] One item cancelled by the customer
    *[other] { $count } items cancelled by the customer
    }
fact-lines-added = { $count ->
    [one] An item came to the order
   *[other] { $count } items came to the order
}
fact-line-split = Part of an item goes its own way from now on
fact-backordered = { $count ->
    [one] An item is not in stock
   *[other] { $count } items are not in stock
}
fact-stock-expected = expected by { $day }
fact-stock-unknown = no date given
fact-available = { $count ->
    [one] An item is in stock again
   *[other] { $count } items are in stock again
}
fact-items-added = { $count ->
    [one] The promise covers one more item
   *[other] The promise covers { $count } more items
}
fact-penalty = The law adds { $amount } to what is owed
fact-penalty-percent = { $percent } % in all, since the refund is late
fact-refunded = { $amount } refunded
fact-unmapped = A code that no table translates
fact-announced = Label created
fact-linked = Parcel found its order
fact-scan-withdrawn = A scan was withdrawn by its source
withdrawn-by-source = withdrawn by its source
fact-estimated = The carrier expects to deliver { $day }
fact-contested = The customer contests what the carrier says
fact-made = The promise is born
fact-adopted = The promise found its customer
fact-word = Word given by { $giver }, due { $due }
fact-word-undated = Word given by { $giver }, no due
fact-item = One item: { $state }
fact-assessed = Judged { $state }
fact-reopened = What it was judged by was withdrawn: owed again
fact-settled = Dispute settled: { $state }
fact-amended = The customer wishes { $due }
fact-disputed = The customer says that it is not so
fact-assigned = { $owner } now answers for it
fact-signal = Signal: { $signal }
fact-decided = A message is prepared
fact-decided-nothing = Nothing to say
fact-released = Message released
fact-dropped = Message dropped
fact-resolved = Fate of the message settled
fact-told = The customer is told
fact-told-team = The team is told
fact-refused = Message refused: the customer is not told
fact-refused-team = Message refused: the team is not told
fact-retry = Not sent yet, will be tried again
fact-unknown = Not known whether the message left
fact-decided-do = Something is to be done in the shop
fact-errand-proposed = To do in the shop, if somebody decides so: { $what }
fact-errand-asked = Asked of the shop: { $what }
fact-errand-released = The shop is asked
fact-errand-dropped = Given up: the shop is not asked
fact-errand-by-hand = Done by hand
fact-errand-done = The shop has done it
fact-errand-refused = The shop did not do it
fact-errand-retry = The shop did not answer, tried again later
fact-errand-unknown = Nobody knows whether the shop did it; it will be asked first
fact-not-known = a kind of fact this program does not know
says-arrived = it arrived
says-not-arrived = it did not arrive
says-attempt-contested = I was in
says-wait = I will wait
says-another-day = another day
says-cancel = cancel it
says-peace = leave me in peace
says-told-otherwise = I was told otherwise
judge-carrier-claim = the carrier’s claim
judge-customer = the customer’s word
judge-rule = the promise’s own rules
why-unavailable = unavailable
why-closed = shop closed
why-lost = lost
why-service-not-given = service not given
why-withdrawn = withdrawn by the company
why-removed = taken off the order
why-refunded = refunded by the shop
why-never-came = never came
why-returned = returned to sender
why-too-late = too late
reason-not-handed-over = the parcel was never handed to the carrier
reason-unreachable = the due can no longer be reached
reason-silent = no news for too long
reason-no-first-scan = handed over a day ago, never seen by the carrier
reason-tracking-number-unknown = the carrier does not know the number
reason-stuck-at-hub = the parcel does not leave one place
reason-out-for-delivery-not-closed = out for delivery, and the day ended without news
reason-pickup-reminder = the parcel has been waiting for a day
reason-pickup-about-to-expire = the pick-up point will soon send it back
reason-presumed-lost = no news for so long that it must be taken for lost
reason-seen-again = the carrier has news of it again
reason-reshipped = the carrier has news of it again, once a new parcel was asked for
reason-paid-back = the carrier has news of it again, once its price was paid back
reason-reship-withdrawn = the carrier has news of it again, and no new parcel is sent
reason-due-passed = the due has passed
reason-word-promised = a message promised another word
reason-review = time to look again
reason-carrier-day = the carrier names a later day
reason-exception = a trouble is open
reason-pickup = the parcel waits at the pick-up point
reason-no-date = the shop does not know when
reason-too-late = it will be in stock too late
reason-not-restocked = it was to be in stock by now and is not
reason-withdrawn = items were withdrawn from the order
reason-not-arrived = the customer says that nothing came
reason-cancel = the customer chooses to cancel
reason-reship = the customer chooses a new parcel
reason-owed = items that were paid for will not come
reason-paid = the shop says that it paid it back
reason-note = a note
reason-cancel-order = the cancellation
reason-cancel-lines = the cancellation of items
reason-refund = the refund
reason-reshipment = the new parcel
reason-address-change = the change of address
reason-threshold = threshold { $span }
noticed-late = noticed { $span } after

## Parcels
parcels-intro = { $count ->
     [0] No parcel matches.
     [one] One parcel.
    *[other] { $count } parcels.
    }
parcels-intro-many = More than { $count } parcels.
standing-title = Standing still at one place
standing-hint = one matter with the carrier
standing = { $count } parcels of { $carrier } stand still at { $place }
standing-since = the first not heard of { $when }
standing-all = See all parcels
standing-over = The parcels of this place no longer stand still
parcels-empty = A parcel appears here as soon as a label or a scan is received from a carrier, even before its order.
parcel-without-order = no known order
last-news = last news { $when }
no-news-yet = no news yet
parcel-sentence = { $state }, { $when }
parcel-sentence-silent = Announced { $when }, no news since
parcel-promise-title = The promise it serves
troubles-title = Troubles
troubles-none = None.
trouble-cause = Cause, as claimed: { $cause } · { $opened }
trouble-since = since { $from }
trouble-from-to = from { $from } to { $to }
clocks-title = What these times are worth
clocks-said = Scans whose offset the source gave: { $known }; guessed from the place: { $guessed }; unknown: { $unknown }. A guessed time never decides a breach alone.
step-announced = Announced
step-handed-over = Handed over
step-in-network = On its way
step-customs = Customs
step-at-local-depot = Local depot
step-out-for-delivery = Out for delivery
step-available-for-pickup = To collect
step-delivered = Delivered
step-returning = Returning
step-returned = Returned
step-cancelled = Cancelled
step-unknown = Unknown

## Orders
order-sentence = Order { $number } of { $name }, { $when }
order-sentence-unnamed = Order { $number }, { $when }
order-promises-title = What we owe
order-no-promise = No promise about this order.
order-parcels-title = Parcels
line-title = Item
line-sku = Reference
line-quantity = Quantity
line-price = Price
cancelled-by-shop = Withdrawn by the shop, { $when }
cancelled-by-customer = Cancelled by the customer, { $when }

## Customers
customers-intro = { $count ->
     [0] No customer.
     [one] One customer.
    *[other] { $count } customers, newest first.
    }
customers-empty = A customer appears here with their first order. To find one, give the whole address or reference.
orders-count = { $count ->
     [one] { $count } order
    *[other] { $count } orders
    }
owed-count = { $count ->
     [0] nothing owed
     [one] one promise owed
    *[other] { $count } promises owed
    }
since-day = since { $day }
mail-bounced = mail came back
customer-intro = { $owed ->
     [0] We owe them nothing.
     [one] We owe them one promise.
    *[other] We owe them { $owed } promises.
    } { $contacts ->
     [0] No contact seen.
     [one] One contact seen,
    *[other] { $contacts } contacts seen,
    } { $contacts ->
     [0] {""}
     [one] { $asked ->
         [0] never to ask how a promise stands.
         [one] once to ask how a promise stands.
        *[other] { $asked } of them to ask how a promise stands.
        }
    *[other] { $asked ->
         [0] never to ask how a promise stands.
         [one] one of them to ask how a promise stands.
        *[other] { $asked } of them to ask how a promise stands.
        }
    }
customer-promises-title = What we owe them
customer-no-promise = No promise.
customer-orders-title = Orders
customer-erased = This person has been erased. The facts stay, with nothing personal; figures do not change.
customer-link-title = Their secret page
customer-link-said = Whoever has this link sees the page. Give it only to the person themselves.
erase-title = Erase the person
erase-said = Name, addresses and texts will be deleted everywhere and for ever. The facts stay, with nothing personal.
erase-type = To confirm, type
erase-word = erase
erase-act = Erase

## Messages
messages-tabs = Messages by state
tab-waiting = To approve
tab-held = Held
tab-unknown = Unknown
tab-shadow = Shadow
tab-queued = Ready to leave
tab-retry = To retry
tab-accepted = Accepted
tab-refused = Refused
tab-dropped = Dropped
sent-waiting = To approve
sent-held = Held
sent-unknown = Unknown
sent-shadow = Shadow
sent-queued = Ready to leave
sent-retry = To retry
sent-accepted = Accepted
sent-refused = Refused
sent-dropped = Dropped
messages-intro-waiting = { $count ->
     [0] No message waits for your yes.
     [one] One message waits for your yes. It leaves exactly as you read it, or not at all.
    *[other] { $count } messages wait for your yes. Each leaves exactly as you read it, or not at all.
    }
messages-intro-held = { $count ->
     [0] The guard holds no message.
     [one] The guard holds one message, with its reason.
    *[other] The guard holds { $count } messages, each with its reason.
    }
messages-intro-unknown = { $count ->
     [0] The fate of every message is known.
     [one] Nobody knows whether one message left. It is never resent in silence.
    *[other] Nobody knows whether { $count } messages left. They are never resent in silence.
    }
messages-intro-shadow = { $count ->
     [0] No message in shadow.
     [one] One message would have gone; its playbook is in shadow.
    *[other] { $count } messages would have gone; their playbooks are in shadow.
    }
messages-intro-queued = { $count ->
     [0] Nothing waits to leave.
     [one] One message is ready to leave.
    *[other] { $count } messages are ready to leave.
    }
messages-intro-retry = { $count ->
     [0] Nothing to try again.
     [one] One message will be tried again.
    *[other] { $count } messages will be tried again.
    }
messages-intro-accepted = { $count ->
     [0] No message accepted yet.
     [one] One message accepted by the customer’s server.
    *[other] { $count } messages accepted by the customers’ servers.
    }
messages-intro-refused = { $count ->
     [0] No message refused.
     [one] One message refused: this customer is not told.
    *[other] { $count } messages refused: these customers are not told.
    }
messages-intro-dropped = { $count ->
     [0] No message dropped.
     [one] One message dropped.
    *[other] { $count } messages dropped.
    }
messages-of-playbook = Only the playbook “{ $playbook }”.
messages-empty = A playbook that answers a signal prepares a message; it appears here according to what becomes of it.
messages-pick = Choose
messages-read = Read as it goes
messages-release = Let the chosen ones go out
messages-drop = Drop them
messages-bulk-said = Only ticked messages are touched.
## What is to be done in the shop
errands-title = To do in the shop
errand-note = Write a note on the order
errand-cancel-order = Cancel the order
errand-cancel-lines = Cancel items
errand-refund = Pay back
errand-reshipment = Send the order again, at no cost
errand-address-change = Change the address
errand-amount = { $what }: { $amount }
errand-by-customer = the customer’s choice
errand-no-way = no interface of this shop can be asked to do it: do it by hand
errand-handled = looked after by { $name }
errand-said = answer: “{ $text }”
errand-release = Ask the shop
errand-release-again = Ask again
errand-by-hand = Done by hand…
errand-evidence = By what one can see it (number, date)
errand-by-hand-act = Note that it is done
errand-drop = Give it up
errand-ask-title = Ask the shop for something…
errand-ask-said = The shop is asked right away, once. A cancellation or a new parcel is for the whole order.
errand-what = What
errand-how-much = Amount, for a refund
errand-how-much-hint = for example 12.90
errand-text = Note, or reason
errand-ask-act = Ask
errand-reason = asked by the team
errand-wrong-note = A note needs a text.
errand-wrong-amount = A refund needs an amount in { $currency }, for example 12.90.
errand-wrong-what = Say what to ask for.
errand-wrong-twice = This is asked for already: see above how it stands.
errand-state-shadow = In shadow
errand-state-waiting = Waits for a person
errand-state-queued = On its way to the shop
errand-state-retry = To be tried again
errand-state-unknown = Fate unknown
errand-state-done = Done
errand-state-refused = Not done
errand-state-dropped = Given up
letter-from = From
letter-to = To
letter-subject = Subject
letter-html = See the formatted version, alone and without scripts
letter-exactly = This is exactly what will leave, to this address.
letter-no-act = Nothing to do: its fate is known.
letter-about = The promise
letter-fate = Its story
drop-reason = Why (optional)
drop-act = Drop the message
unknown-said = Ask the customer or the server. Sending again may deliver it twice.
unknown-arrived = It did arrive
unknown-send = Send again knowingly
fate-decided = Decided { $when } by the playbook { $playbook }, on the signal “{ $signal }”.
fate-handled = Handled by { $name }.
fate-attempts = { $count ->
     [one] One attempt to send.
    *[other] { $count } attempts to send.
    }
fate-settled = { $state }, { $when }.
fate-reply = The server answered: { $reply }
fate-next-word = It promises another word { $when }.

## Playbooks
playbooks-intro = Every playbook is born in shadow and shows what it would do on your own data. How far it acts is yours to say.
playbooks-empty = No playbook is installed. Playbooks are files in packs/playbooks.
playbook-on = Answers: { $signals } · writes { $to }
playbook-to-customer = to the customer
playbook-to-operations = to the team
playbook-on-errand = Answers: { $signals } · in the shop: { $what }
playbook-record-errand = What it asks of the shop, and what became of it, stands on the page of each promise.
playbook-no-record = No case yet: its record will appear here.
playbook-record = So far { $decided ->
     [one] one message
    *[other] { $decided } messages
    } decided; their promises: { $late } then late or broken, { $kept } kept in time, { $open } still open.
playbook-record-shadow = In shadow it would have written { $decided ->
     [one] one message
    *[other] { $decided } messages
    }; their promises: { $late } then late or broken, { $kept } kept in time, { $open } still open.
record-shadow = { $count } in shadow
record-waiting = { $count } to approve
record-held = { $count } held
record-accepted = { $count } accepted
record-refused = { $count } failed
playbook-legend = How far the playbook acts:
playbook-save = Save

## Figures
figures-first = { $percent } of promises were kept by their first due
figures-rest = , of { $count ->
     [one] one promise
    *[other] { $count } promises
    } due between { $from } and { $to }.
figures-rest-among = , of { $counted } counted among the { $count } due between { $from } and { $to }: what the customer moved, let go or disputes does not count, nor what is not due yet.
figures-told = Of those that were not, { $told ->
     [one] one customer in { $of } was
    *[other] { $told } customers in { $of } were
    } told by us first; we see the channels of { $coverage } of customers.
figures-none = Nothing to count yet
figures-none-rest = , between { $from } and { $to }.
figures-period = First due
period-7 = last 7 days
period-30 = last 30 days
period-90 = last 90 days
period-365 = last 12 months
period-1826 = last 5 years
figures-counts = Counts
figures-spans = Lengths
figures-by-week = Kept by first due, week by week
figures-by-carrier = By carrier
figures-by-kind = By kind of promise
figures-by-hint = bar: Wilson 95% interval
figures-by-month = Kept by first due, month by month
figures-by-giver = By who gave the word
figures-by-owner = By who answers
figure-withdrawn = Given up by the company
figure-released = Let off by the customer
figure-decided = Decided
figure-warned = Warned
method-withdrawn = Among the broken ones: those the company gave up, by withdrawing the promise or its items, with who did it. Giving up before the due does not help: it counts against the first due all the same.
method-released = The customer let us off before the first due: neutral, counted apart. Whoever lets us off after it leaves it broken.
method-groups = By giver: whose word set the first due. By who answers: the owner today. By carrier: that of the parcels. By week and month: of the first due, where the shop works.
figure-groups = Groups
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
month-of-year = { $month } { $year }
week-of = week of { $day }
count-of = { $count } of { $of }
between = between { $low } and { $high }
interval-said = { $name }: { $value }, { $range }, { $count }
nothing-to-count = nothing to count
median-note = median; nine in ten below { $p90 }; n = { $count }
figure-kept = Kept by first due
figure-kept-late = Kept late
figure-late = Kept late
figure-broken = Broken
figure-late-open = Late, still open
figure-open = Not yet due
figure-amended = Moved by the customer
figure-disputed = Disputed, not settled
figure-told-first = Told first
figure-coverage = Coverage
figure-chased = Promises the customer had to chase
figure-chasers = Contacts that chased
figure-needless = Needless warnings
figure-length = Length of promises
figure-lead = Notice given by warnings
figure-held = Money held
figure-interval = Intervals
method-title = How each figure is computed
method-kept = Promises whose first due falls in the period and all of whose items were given by it. A new date told to the customer changes nothing.
method-kept-late = The same, given after the first due.
method-broken = Not given, or withdrawn by the company, with their cause.
method-amended = Moved by the customer’s own wish: neutral, counted apart.
method-disputed = The customer says that it is not so; counted nowhere else until settled.
method-told-first = Of promises not kept in time: those where our message was accepted before the due and before the customer asked. What was given up is never told first.
method-coverage = Share of promises whose customers’ channels we see; “told first” holds only there.
method-chased = Promises about which the customer had to ask at least once.
method-needless = Of promises about which we warned: those then kept in time.
method-length = From given to first due: promising longer shows.
method-lead = From the message accepted to the due, for warnings.
method-held = From the order until the last cent was paid back, or until today: how long we kept the money for what did not come.
method-interval = Wilson 95%: between these two the true rate is plausible; few cases, wide interval.

## Not understood
unmapped-title = What is not understood
unmapped-intro = { $codes ->
     [0] Every code has a meaning.
     [one] One code has no meaning.
    *[other] { $codes } codes have no meaning.
    } { $payloads ->
     [0] No payload is unreadable.
     [one] One payload could not be read.
    *[other] { $payloads } payloads could not be read.
    } All is kept and counted; nothing is guessed.
unmapped-codes = Codes, events, fields
unmapped-hint = scans already kept will be read anew
unmapped-none = Nothing unknown. A code that no table translates will appear here.
unmapped-code = code
unmapped-event = event
unmapped-field = field
unmapped-answer = answer
seen-times = { $count ->
     [one] seen once, { $when }
    *[other] seen { $count } times, last { $when }
    }
map-milestone = What does this code say?
map-exception = And what is wrong?
map-choose = Choose…
map-nothing-wrong = Nothing
map-act = Give it this meaning
map-not-here = Nothing to choose here: kept and counted.
quarantine-title = Quarantine
quarantine-hint = bytes kept as they came
quarantine-none = No unreadable payload.
payload-lead = { $source }, { $size } bytes, { $when }
payload-erased = Erased.

## Settings
settings-intro = The state of the ledger, people and tokens.
health-title = The ledger’s health
health-chain = Chain
health-verified-at = verified { $when }, it holds
health-broken-at = BROKEN, seen { $when }
health-never-verified = not verified yet
health-facts = Facts
health-facts-blocks = { $facts } facts in { $blocks } blocks
health-last = Last fact
health-unwatched = Promises unwatched (must be 0)
health-signals = Signals to decide
health-outbox = Messages to leave
health-outbound = Way out
health-database = Database
health-packs = Packs in force
health-packs-error = Newest packs refused
outbound-smtp = mail (SMTP)
outbound-drawer = drawer: nothing leaves
database-sqlite = SQLite
database-postgres = PostgreSQL
settings-connections = Shops, carriers, gateways and the secrets they sign with are on a page of their own, with how each of them is and what to do.
settings-connections-link = Connections, their health and their secrets
source-name = Source
source-last = Last heard
source-refused = Signature refused
source-unreadable = Unreadable
secret-there = stored
secret-missing = none
secret-act = Store
people-title = People
person-active = may sign in
person-role = Role
person-password = Password
person-new-password = new password
person-save = Save
person-add = Add a person
person-add-act = Add
person-name = Name
person-email = Mail address
person-language = Language
tokens-title = API tokens
token-add = Make a token
token-name = What it is for
token-add-act = Make
token-made = Here is the new token.
token-once = It is shown only once: keep it in a safe place.
token-revoke = Revoke
never-used = never used
used-at = used { $when }
revoked-at = revoked { $when }
scope-facts-write = write facts
scope-read = read, without personal data
scope-personal = read names and texts as well
scope-admin = administer

## After an act
done-assigned = Done: somebody else answers for it.
done-amended = The customer’s wish is noted.
done-withdrawn = The promise is withdrawn; it counts as broken.
done-settled = The dispute is settled.
done-not-taken = Nothing has changed: the promise or message no longer allows it. Read the page again.
done-noted = The contact is noted.
done-erased = The person is erased.
done-erase-word-wrong = Nothing was erased: the word to type was not right.
done-released = Released: it leaves now.
done-dropped = Dropped: nothing will be said.
done-none-picked = Nothing was ticked; nothing has changed.
done-resolved = Its fate is noted.
done-errand-asked = The shop is being asked now.
done-errand-dropped = Given up: the shop is not asked.
done-errand-done = Noted: done by hand.
done-switched = The playbook is set so from now on.
done-mapped = The code has its meaning; scans kept are read anew.
done-user-added = The person may sign in.
done-user-changed = Saved.
done-user-refused = Nothing has changed: it takes a name, an address and a password long enough and hard to guess.
done-user-yourself = Nothing has changed: another administrator must take this right from you.
done-token-refused = Nothing has changed: it takes a name and at least one scope.
done-token-revoked = The token opens nothing any more.
done-secret-set = The secret is stored.
done-secret-empty = Nothing has changed: the secret was empty.

## The customer’s own page
own-title = What we promised you
own-greeting = Good day, { $name }. Here is each promise made to you, and how it stands.
own-greeting-unnamed = Good day. Here is each promise made to you, and how it stands.
own-language = English
own-empty = No promise is under way.
own-estimate = We now expect { $day }.
own-estimate-in-time = We expect { $day }.
own-estimate-range = We expect { $day }, and almost surely by { $by }.
own-amended = As you wished: { $due }.
own-parcel = { $state } (last news { $since }).
own-no-parcel = Your parcel has not left us yet.
own-no-stock = { $title }: not in stock, and we do not know yet when it will be.
own-no-stock-until = { $title }: not in stock; we expect to have it on { $day }.
own-milestone-announced = Your parcel is packed, the carrier does not have it yet
own-milestone-handed-over = The carrier has your parcel
own-milestone-in-network = Your parcel is on its way
own-milestone-customs = Your parcel is in customs
own-milestone-at-local-depot = Your parcel is at the depot near you
own-milestone-out-for-delivery = Your parcel is out for delivery
own-milestone-available-for-pickup = Your parcel waits for you at the pick-up point
own-milestone-delivered = The carrier says it delivered your parcel
own-milestone-returning = Your parcel is coming back to us
own-milestone-returned = Your parcel is back with us
own-milestone-cancelled = The shipment was cancelled
own-milestone-unknown = We have no news of your parcel yet
own-exception-attempt-failed-absent = The carrier says it called and found nobody in
own-exception-attempt-failed-closed = The carrier says it found the premises closed
own-exception-attempt-failed-access = The carrier says it could not reach your door
own-exception-address-problem = The carrier needs a detail of your address
own-exception-stalled-in-network = We have had no news of your parcel for too long
own-exception-label-not-handed-over = Your parcel has not been handed to the carrier yet
own-exception-delayed-by-carrier = The carrier announces a delay
own-exception-weather = Bad weather holds your parcel up
own-exception-customs-hold = Your parcel is held by customs
own-exception-damaged = Your parcel was damaged on its way
own-exception-lost = The carrier says it lost your parcel
own-exception-missorted = Your parcel went the wrong way
own-exception-unclaimed = Your parcel was not collected in time
own-exception-returned-to-sender = Your parcel is being sent back to us
own-exception-delivered-disputed = The carrier says it was delivered, you say it was not
own-exception-held = Your parcel is held, no reason given
own-exception-refused = The carrier says the parcel was refused
own-exception-payment-due = Duties or charges are to be paid before your parcel goes on
own-exception-documents-missing = The carrier lacks papers for your parcel
own-exception-undeliverable = The carrier says it could not deliver your parcel, no reason given
own-exception-destroyed = The carrier says your parcel was destroyed
own-exception-preparation-problem = A problem came up while we were preparing your parcel
own-exception-security = Your parcel was stopped for a security check
own-exception-no-first-scan = We handed your parcel over, the carrier has not seen it yet
own-exception-tracking-number-unknown = The carrier does not know your parcel’s number yet
own-exception-stuck-at-hub = Your parcel has been at the same place for too long
own-exception-out-for-delivery-not-closed = Your parcel was out for delivery, and the carrier has said nothing since
own-exception-pickup-about-to-expire = Your parcel will soon be sent back from the pick-up point
own-exception-presumed-lost = We have had no news of your parcel for so long that we take it for lost
own-exception-event-regression = The carrier’s news of your parcel went backwards
own-ended-kept = Kept { $when }.
own-ended-kept-late = Kept, but late, { $when }. We are sorry.
own-ended-broken = We did not keep this promise. We are sorry.
own-ended-released = You released us from it { $when }.
own-carrier-claims = It is the carrier who says so; if it is not so, tell us.
own-disputed = You told us that it is not so; we are looking into it and will answer.
own-choice = Your choice: { $choice }.
own-history = What happened
own-step-made = Promise made
own-step-told = We wrote to you
own-choices = Your choices
own-choice-arrived = It arrived
own-choice-not-arrived = It did not arrive
own-choice-not-so = That is not what happened
own-choice-attempt-contested = I was in, nobody came
own-choice-wait = Wait
own-choice-cancel = Cancel and be refunded
own-choice-cancel-amount = Cancel and be refunded { $amount }
own-choice-ask-cancel = Cancel and be refunded (a person checks first)
own-choice-reship = Have it sent again, at no cost
own-errand-cancel-order-under-way = At your wish we are cancelling your order.
own-errand-cancel-order-looked-at = You ask to cancel: a person is looking after it and will answer you.
own-errand-cancel-order-done = Your order is cancelled, as you chose.
own-errand-cancel-lines-under-way = We are cancelling items of your order.
own-errand-cancel-lines-looked-at = A person is looking after the cancelling of items of your order.
own-errand-cancel-lines-done = Items of your order are cancelled.
own-errand-refund-under-way = Your refund is on its way.
own-errand-refund-looked-at = A person is looking after your refund.
own-errand-refund-done = Your refund has left.
own-errand-reshipment-under-way = At your wish we are sending your order again.
own-errand-reshipment-looked-at = You ask for a new parcel: a person is looking after it and will answer you.
own-errand-reshipment-done = Your order leaves again, as you chose.
own-errand-address-change-under-way = We are changing the delivery address.
own-errand-address-change-looked-at = A person is looking after the change of address.
own-errand-address-change-done = The delivery address is changed.
own-choice-peace = Leave me in peace about this
own-choice-another-day = Deliver another day
own-day = Which day suits you?
own-day-act = Ask for this day
own-otherwise = I was told something else…
own-otherwise-about = About
own-otherwise-text = What you were told, by whom, when
own-otherwise-act = Tell us
own-next-word = We will write again { $when }, even if there is nothing new.
own-next-if-late = If this promise is in danger, we will write to you before it is due.
own-next-soon = We are watching this closely and will write as soon as we know more.
own-confirm = You followed the link of a message. Confirm your choice:
own-next-peace = As you asked, we will not write to you about this any more.
own-footer = This page is yours alone: the link is secret. It does not track you and sells nothing.
customer-state-settled = Settled
thanks-arrived = Thank you, noted: it arrived.
thanks-not-arrived = Noted. We are asking the carrier for evidence and will answer you.
thanks-attempt-contested = Noted: you were in. It will not be held against you.
thanks-wait = Noted: you will wait. We will keep you informed.
thanks-reship = Noted: you ask for a new parcel. We will write to you as soon as it is done.
thanks-another-day = Noted, the day you wish is written below.
thanks-cancel = Noted: you wish to cancel. We will write to you as soon as it is done.
thanks-peace = Noted. We will not write to you about this any more.
thanks-told-otherwise = Thank you. It is on the ledger; a person will read it and answer.
thanks-not-taken = Your answer could not be taken: this promise changed in the meantime. Here is how it stands.

# Foresight
outlook-title = What we believe now
outlook-late = Chance that it comes late: { $percent }.
outlook-days = Half of such promises have arrived by { $day }, nine in ten by { $by }.
outlook-day = Half of such promises have arrived by { $day }.
outlook-none = No chance can be given yet.
outlook-too-few = { $count ->
     [0] No comparable case is known
     [one] One comparable case is known
    *[other] { $count } comparable cases are known
    }; { $needed } are needed.
outlook-not-kept = Days named so were kept too seldom of late ({ $kept } of { $count }): none is named.
outlook-too-far = It is too uncertain for a day to be named.
outlook-slower = These days things move more slowly than over the past months; that is taken into account.
outlook-faster = These days things move faster than over the past months; that is taken into account.
learned-from-all = Learned from { $count } cases of this shop since { $since }.
learned-from-carrier = Learned from { $count } cases of this carrier since { $since }.
learned-from-service = Learned from { $count } cases of this carrier’s service since { $since }.
learned-from-lane = Learned from { $count } cases of this carrier to this country since { $since }.
learned-from-band = Learned from { $count } cases of this carrier to this country, promised as far ahead, since { $since }.
curve-title = When to warn: what each rule would have brought
curve-not-ready = No rule is chosen yet: too little history. Until then the fixed times of the packs say when a promise is at risk.
curve-chosen = In force: warn from a chance of { $percent } on, at the earliest { $notice } before the due.
curve-why = It is the rule that would have cost least: { $needless } for a needless warning, { $unannounced } for a lateness not announced { $notice } ahead.
curve-counted = Counted on { $count } orders whose outcome is known, { $late } of them late; recent ones weigh more.
curve-drawn = The rule in force: { $precision } of its warnings came true, { $recall } of what was late was announced in time.
curve-axes = Upwards: share of warnings that came true. To the right: share of the late announced in time.
curve-threshold = From a chance of
curve-alarms = Warnings per 100 orders
curve-precision = Came true
curve-recall = Late, announced in time
curve-notice = Median notice
curve-in-force = in force
notice-span-hours = { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
}
notice-span-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
notice-span-days-hours = { $days } d { $hours } h
reason-foreseen = a delay is foreseen
reason-foreseen-said = a delay is foreseen: chance { $percent }, warned from { $threshold } on
