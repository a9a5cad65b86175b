# What customers receive already, from shops and carriers themselves.
notices-title = What your customers receive already
notices-intro =
    { $count ->
        [0] No shop and no carrier is known yet.
        [one] One shop or carrier may write to your customers by itself.
       *[other] { $count } shops and carriers may write to your customers by themselves.
    } { $open ->
        [0] {""}
        [one] Of one nobody has said yet what it writes.
       *[other] Of { $open } nobody has said yet what they write.
    }
notices-rule = Tick what they really receive: Kept does not say it too. As long as nobody has said, Kept writes: better twice than not at all. What Kept foresees, nobody else says, and it is always said.
notices-none = Connect the shop first.
notices-open = Nobody has said yet
notices-open-usual = Nobody has said yet; what is usual is ticked
notices-said =
    { $count ->
        [0] It writes nothing, says { $by }
        [one] It writes in one case, says { $by }
       *[other] It writes in { $count } cases, says { $by }
    }
notices-legend = It writes by itself when
notices-usual-mark = usual
notices-leaves = Kept then leaves out:
notices-save = Save
notices-link = What your customers receive already
notices-left = Left to { $who }, as far as { $count ->
        [one] it tells
       *[other] they tell
    } it.
notices-usual = { $who } usually { $count ->
        [one] tells
       *[other] tell
    } this too, and nobody has said whether that is so here.
notice-cancelled = the whole order is cancelled
notice-refunded = money was paid back
notice-backordered = something is not in stock
notice-attempt-failed = a delivery failed
notice-pickup-waiting = a parcel waits at a pick-up point
notice-pickup-reminder = it still waits there, or will soon go back
notice-returned = a parcel goes back to the sender
notice-delivered = a parcel was delivered
done-notices-saved = Saved. It counts for what is decided from now on.
guard-noticed = { $who } tells it already
start-notices = Before you switch anything on, say what your shop and carriers already write to your customers, so that nothing is said twice.
