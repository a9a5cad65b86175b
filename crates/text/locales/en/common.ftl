### Words of the ledger, in English. Same keys and values as in the other language; a test compares them.
### A key is the word of the code with hyphens for underscores.

## How a promise stands
state-open = Open
state-at-risk = At risk
state-late = Late
state-kept = Kept
state-kept-late = Kept late
state-broken = Broken
state-released = Released
state-amended = Amended
state-disputed = Disputed
state-settled = Settled
state-held = Held
state-told = Told
state-waiting = Waiting for a condition

## How a promise stands, said to the customer it was made to
customer-state-open = Under way
customer-state-at-risk = Will probably be late
customer-state-late = Late
customer-state-kept = Kept
customer-state-kept-late = Kept, but late
customer-state-broken = Not kept
customer-state-released = You released us from it
customer-state-amended = Changed with your agreement
customer-state-disputed = You say otherwise

## How far a parcel is
milestone-announced = Announced
milestone-handed-over = Handed to the carrier
milestone-in-network = On its way
milestone-customs = In customs
milestone-at-local-depot = At the local depot
milestone-out-for-delivery = Out for delivery
milestone-available-for-pickup = Ready to collect
milestone-delivered = Delivered, says the carrier
milestone-returning = On its way back
milestone-returned = Back with us
milestone-cancelled = Cancelled
milestone-unknown = Unknown

## What is wrong with a parcel
exception-attempt-failed-absent = Nobody there, says the carrier
exception-attempt-failed-closed = Closed, says the carrier
exception-attempt-failed-access = No access, says the carrier
exception-address-problem = Address to correct
exception-refused = Refused at the door
exception-customs-hold = Held by customs
exception-payment-due = Duties to pay
exception-documents-missing = Papers missing
exception-damaged = Damaged
exception-lost = Lost
exception-missorted = Sent the wrong way
exception-delayed-by-carrier = Delay announced by the carrier
exception-weather = Held up by weather
exception-held = Held, reason not said
exception-unclaimed = Not collected in time
exception-undeliverable = Undeliverable, reason not said
exception-destroyed = Destroyed
exception-returned-to-sender = Sent back
exception-preparation-problem = Problem while packing
exception-security = Stopped for a security check
exception-label-not-handed-over = Label made, parcel never handed over
exception-stalled-in-network = No news for too long
exception-no-first-scan = Handed over, never seen by the carrier
exception-tracking-number-unknown = Number unknown to the carrier
exception-stuck-at-hub = Stuck at one place
exception-out-for-delivery-not-closed = Out for delivery, then nothing that day
exception-pickup-about-to-expire = Soon sent back from the pick-up point
exception-presumed-lost = To be taken for lost
exception-event-regression = Tracking went backwards
exception-delivered-disputed = Said delivered, the customer says not

## Who caused it
cause-carrier = The carrier
cause-merchant = The shop
cause-recipient = The recipient
cause-customs = Customs
cause-force-majeure = Force majeure
cause-unknown = Cause not known

## Who noticed it
opened-by-carrier-event = Said by the carrier
opened-by-silence = Our watch: nothing more came
opened-by-promise = Our watch: the promise no longer held
opened-by-customer = Said by the customer

## Who gave a word
giver-agent = An agent
giver-system = The system
giver-shop = The shop
giver-partner = A partner
giver-carrier = The carrier
giver-law = The law
giver-customer = The customer

## Kinds of promises
kind-delivery = Delivery
kind-reply = Reply
kind-call-back = Call back
kind-refund = Refund
kind-repair = Repair
kind-supply = Hand-over by a partner
kind-restock = Restock
kind-outage-fix = Outage fix
kind-special-request = Special request
kind-statutory-deadline = Deadline of the law

## What the watch noticed
signal-at-risk = Will probably be late
signal-silent = No news
signal-unseen = Never seen by the carrier
signal-lost = To be taken for lost
signal-declared-lost = The carrier says it is lost
signal-found-again = Found again
signal-late = Past its due
signal-delivered-after-warning = Arrived after a warning
signal-attempt-failed = Missed delivery
signal-address-problem = Address to correct
signal-pickup-waiting = Ready to collect
signal-pickup-reminder = Still waiting to be collected
signal-backordered = Not in stock
signal-lines-withdrawn = Items withdrawn
signal-returned = Returned or on its way back
signal-disputed = Disputed by the customer
signal-review-due = To be reviewed
signal-next-word-due = Next word owed
signal-chosen = The customer chose
signal-refund-owed = Money owed back
signal-refunded = Money paid back
signal-errand-done = Done in the shop
signal-errand-refused = The shop did not do it

## How far a playbook is trusted
mode-off = Off
mode-shadow = Shadow
mode-approve = Approve
mode-automatic = Automatic
mode-off-said = It does nothing.
mode-shadow-said = It shows what it would do; nothing leaves.
mode-approve-said = It prepares; a person releases each message.
mode-automatic-said = It acts alone, within the limits of the guard.

## Why the guard held a message
guard-no-address = No address to write to
guard-bounced = The address has returned a message before
guard-told-already = Already told
guard-asked-already = Asked of the shop already
guard-no-way-out = No interface of the shop can be asked to do it
guard-nothing-to-do = Nothing to ask of the shop
guard-quiet-hours = Quiet hours where the customer is
guard-no-playbook = No playbook answers it
guard-nothing-new = Nothing new to say
guard-peace = The customer asked for peace about this
guard-erased = The person has been erased
guard-too-many = Too many messages at once: a person must confirm
guard-outcome-known = The outcome is known already
guard-long-over = It is long over: an imported past is told to nobody
guard-due-before-morning = In the morning its day would be over

## What became of a message
message-shadow = In shadow, not sent
message-waiting = Waiting for approval
message-held = Held by the guard
message-queued = Ready to leave
message-sending = Leaving
message-accepted = Accepted by the customer’s server
message-refused = Refused by the customer’s server
message-unknown = Not known whether it left
message-retry = Will be tried again
message-dropped = Given up
csv-download = Download as CSV
csv-orders = Download all orders as CSV, as this page reads them
