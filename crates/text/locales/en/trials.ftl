# Trials: playbooks on the past.
trials-link = Try playbooks on the past
trials-link-one = Try it on the past
trials-title = Tried on the past
trials-intro = What a playbook would have said over your own past: to whom, when, and what then really happened. Nothing is sent and nothing is written.
trials-runs = Trials so far
trials-runs-hint = The last ones, until Kept is started again
trials-none = Trials appear here while they run and when they are over.
trial-title = A trial on the past
trial-in-force = Playbooks in force
trial-begin-draft = start a draft from it
trial-draft = Or a draft of your own
trial-draft-hint = The form of a file in packs/playbooks. It is saved nowhere. When there is a draft, it is what is tried; under the name of a playbook in force it takes its place.
trial-draft-act = Check the draft
trial-draft-good =
    { $count ->
        [one] The draft is right: it has the playbook { $names }.
       *[other] The draft is right: it has the playbooks { $names }.
    }
trial-draft-line = Line
trial-draft-do = What to do:
trial-from = From
trial-to = To
trial-mode = How far it is trusted
trial-mode-automatic = every message leaves when the guard lets it
trial-mode-approve = a person says yes at once, and in the morning to what falls into the night
trial-mode-shadow = nobody is told; shown is when each message would have left
trial-act = Try it
trial-wrong-nothing = Choose a playbook, or write a draft.
trial-wrong-days = A period needs a first and a last day.
trial-wrong-order = The period ends before it begins.
trial-wrong-draft = The draft cannot be tried yet; what is wrong stands below it.
trial-wrong-busy = Another trial is under way. One runs at a time, so that live work is not held up.
trial-what = { $playbooks }, { $mode }, { $from } to { $to }
trial-of-draft = a draft
trial-running = Under way
trial-done =
    { $count ->
        [one] one promise spoken about
       *[other] { $count } promises spoken about
    }
trial-stopped = Stopped
trial-failed = Did not come to an end
trial-progress = { $facts } of { $of } facts of the past
trial-starting = The trial begins.
trial-leave = You can leave this page; the trial goes on.
trial-look-again = Look again
trial-stop = Stop the trial
trial-stopped-said = The trial was stopped. Nothing was written.
trial-failed-said = The trial did not come to an end: { $why }
trial-ask-again = Ask again
trial-first =
    { $count ->
        [0] No customer would have been told anything.
        [one] One promise’s customer would have been told.
       *[other] The customers of { $count } promises would have been told.
    }
trial-rest = Played over { $facts } facts, with the rules that decide live.
trial-share-told-first = Told first, of those not kept in time
trial-share-needless = Needless, of those warned
trial-outcomes = What became of the promises spoken about
trial-counts = Behind it
trial-count-signals = Signals the playbooks answer
trial-count-said = Messages
trial-count-dropped = Decisions of the guard to say nothing
trial-count-held = Messages held for a person
trial-count-late = Promises that fell due unkept
trial-count-late-untold = … whose customer would have been told nothing
trial-count-lead = Warned before the due
trial-lead = median { $median }, ninth decile { $p90 } (n = { $count })
trial-rows = Who, what, when
trial-rows-all =
    { $count ->
        [one] one decision
       *[other] { $count } decisions
    }
trial-rows-of = only: { $outcome }
trial-no-rows = Nothing was decided here.
trial-col-when = Decided
trial-col-promise = Promise
trial-col-noticed = Noticed
trial-col-message = Message
trial-col-told = Told
trial-col-outcome = What happened
trial-said-nothing = nothing
trial-digest = The same question on the same past gives the same answer:
trial-outcome-told-first = Told first
trial-outcome-asked-first = Asked before we told
trial-outcome-after-due = Told after the due
trial-outcome-needless = Needless: it came in time
trial-outcome-broken = Broken anyway
trial-outcome-in-time = Kept in time
trial-outcome-still-open = Still owed
trial-outcome-neutral = Moved or let off by the customer
trial-outcome-disputed = Disputed
trial-outcome-to-operations = Written to the team
trial-outcome-untold = Not said
trial-letter-intro = As it would have gone, from what was known then.
trial-letter-left = It would have left { $when }.
trial-letter-due = First due: { $when }.
trial-letter-ended = It ended { $when }.
trial-method-title = How a trial is made
trial-method-same = The ledger is read in order. Each signal is put to the playbook and the guard as they decide live, with the state and at the moment it really was decided; one that waited longer than a minute is decided a minute after it was raised.
trial-method-place = Messages of the playbook that really left are left out, and those of the trial stand in their place, accepted at the moment they leave. What follows from a message (the promised next word, the news that it arrived) follows from those of the trial.
trial-method-not = A trial does not guess how a customer would have acted on other words: what they asked and chose is what they really asked and chose. Nor does it know the limit on messages in a minute.
