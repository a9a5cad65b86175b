# Getting started: connect, look, approve, automatic.
start-title = Getting started
start-link = Getting started, step by step
start-intro = Four steps. Nobody is told anything before you say so: every playbook begins in shadow.
start-done = done
start-now = now
start-connect = Connect
start-connect-hint = ten minutes
start-connect-none = Nothing is connected. The shop tells what was ordered, a carrier or an aggregator what becomes of it.
start-connect-all = All that can be connected
start-connect-stands =
    { $count ->
        [0] nothing yet
        [one] one source
       *[other] { $count } sources
    }
start-look = Look
start-look-hint = at the last ninety days
start-look-open = not looked yet
start-look-done = looked at the past
start-look-said = The imported past is played again in the order in which it happened: what you would have known, and when. Nothing is written and nobody is told. Each scan counts as known when the carrier made it; live it is known some minutes to hours later.
start-approve = Approve
start-approve-hint = one by one
start-approve-said = A playbook set to approve writes its messages and waits for your yes, under Messages. Begin with one.
start-approve-stands =
    { $count ->
        [0] none yet
        [one] one playbook
       *[other] { $count } playbooks
    }
start-automatic = Automatic
start-automatic-said = Once you have said yes to the same kind of message often enough, let it leave by itself. Any playbook goes back to shadow the same way.
start-automatic-stands =
    { $count ->
        [0] none yet
        [one] one playbook
       *[other] { $count } playbooks
    }
start-curve-more = All rules and figures under Playbooks
start-dismiss = Put this guide away
start-again = Show this guide on Today again
done-start-dismissed = Put away. It is still there under Connections.
done-look-busy = Another trial is under way: one runs at a time.
look-act = Look at the last ninety days
look-again = Look again
look-all = Every decision, one by one
look-under-way = The past is being played again.
look-progress = How far the past is played
look-orders =
    { $count ->
        [one] One order was placed since { $from }.
       *[other] { $count } orders were placed since { $from }.
    }
look-heard =
    { $count ->
        [0] Of none of them anybody told what became of it.
        [one] What became of one of them is known; only that one is played.
       *[other] What became of { $count } of the { $orders } is known; only these are played.
    }
look-late =
    { $count ->
        [0] None of these passed its day undelivered.
        [one] One passed its day undelivered.
       *[other] { $count } passed their day undelivered.
    }
look-first =
    { $count ->
        [0] You would have told none of the { $late } customers before the day and before they asked.
        [one] You would have told one of the { $late } customers before the day and before they asked.
       *[other] You would have told { $count } of the { $late } customers before the day and before they asked.
    }
look-lead = Warnings would have left { $median } before the day, in the median of { $count }.
look-needless =
    { $count ->
        [0] None of the { $of } warnings would have been needless.
        [one] One of the { $of } warnings would have been needless: it came in time.
       *[other] { $count } of the { $of } warnings would have been needless: they came in time.
    }
look-no-orders = No order of the last ninety days is known. Connect the shop and let its past be read, then look again.
look-unheard = Without a carrier or an aggregator nobody says what became of a parcel. Connect those your shop ships with; they still know the last weeks.
look-few =
    { $count ->
        [one] The end of one order is known: that says nothing yet. Stay in shadow and look again in some weeks.
       *[other] The end of { $count } orders is known: too few for figures to rely on. Stay in shadow and look again in some weeks.
    }
look-no-days =
    { $count ->
        [0] The shop names no delivery day on its orders: only the law’s thirty days can be missed, so few are late here. With a day on the order much more would be seen.
       *[other] Only { $count } of these { $heard } orders carry a delivery day from the shop: the others have only the law’s thirty days, so few of them are late here.
    }
look-examples = Examples
look-told = { $playbook }, { $when }
look-due = due { $day }
look-came = ended { $when }
today-start = Getting started: step { $step } of 4, { $what }.
start-quiet = The other playbooks, which had nothing to say yet
