# Scorecards: how carriers, lanes, classes and the own warehouse did.
scorecards-title = Scorecards
scorecards-link = Scorecards: how carriers, lanes and our own warehouse did
scorecards-first = { $percent } of parcels were delivered by their first due.
scorecards-rest =
    { $count ->
        [one] Counted over one parcel that its carrier could have kept
       *[other] Counted over { $count } parcels that their carriers could have kept
    }, of { $parcels } whose first due lies between { $from } and { $to }.
scorecards-none = No parcel is judged yet.
scorecards-none-rest = Between { $from } and { $to } no parcel of a promise was due.
scorecards-behind =
    { $count ->
        [one] One thing in the ledger is still to be counted: these figures lie that far behind.
       *[other] { $count } things in the ledger are still to be counted: these figures lie that far behind.
    }
scorecards-carriers = Kept by first due, by carrier
scorecards-lanes = Kept by first due, by destination
scorecards-classes = Kept by first due, by length of the promise
scorecards-lane-unknown = Destination not known
scorecards-class-none = No day promised
scorecards-class-days = { $days ->
        [one] Within one day
       *[other] Within { $days } days
    }
scorecards-class-longer = More than 35 days
scorecards-like = Like with like
scorecards-like-hint = each carrier against everybody on the same lanes, in the same classes
scorecards-way = On the way
scorecards-way-hint = all from hand-over on
scorecards-claims = What carriers say was wrong
scorecards-claims-hint = by whose cause they say it was; what the customer contests counts as nobody’s
scorecards-drift = The last weeks
scorecards-drift-hint = kept by first due, whatever the period above
scorecards-warehouse = Our own warehouse
scorecards-warehouse-hint = bar: Wilson 95% interval; a hand-over is the carrier’s first scan
scorecards-partners = Partners
scorecards-partners-hint = those who sell and send themselves; the promise to the customer stays ours
scorecards-col-partner = Partner
scorecards-col-preparing = From order to hand-over
scorecards-col-drift = Last four weeks
scorecards-apart = Counted apart
scorecards-col-carrier = Carrier
scorecards-col-standing = Verdict
scorecards-col-against = Kept, and expected on its lanes
scorecards-col-comparable = Comparable parcels
scorecards-col-lately = Last 4 weeks
scorecards-col-before = 12 weeks before
scorecards-like-alone = Alone on its lanes
scorecards-like-too-few = Too few to compare
scorecards-like-no-difference = No clear difference
scorecards-like-better = Keeps more
scorecards-like-worse = Keeps fewer
scorecards-drift-too-few = Too few to compare
scorecards-drift-no-difference = No clear change
scorecards-drift-better = Better
scorecards-drift-worse = Worse
scorecards-rank = place { $rank }
scorecards-of = of { $count }
scorecards-observed = { $count }, expected { $expected }
scorecards-beyond = difference between { $low } and { $high }
scorecards-points = between { $low } and { $high } points
scorecards-lasting = { $median }, 90%: { $p90 }
scorecards-lasting-n =
    { $open ->
        [0] over { $count }, all arrived
       *[other] over { $count }, { $open } of them not arrived
    }
scorecards-preparing = From order to hand-over: half by { $hours } ({ $rests }).
scorecards-no-ship-by = No order says by which day it was to be handed over: hand-over in time is not counted.
scorecards-warehouse-drift = Handed over in time: { $now } in the last 4 weeks, { $before } in the 12 before: { $says }.
scorecards-found =
    { $count ->
        [0] no parcel
        [one] one parcel
       *[other] { $count } parcels
    }
scorecard-parcels = Parcels of the period
scorecard-kept = Kept by first due
scorecard-missed = Not kept by first due
scorecard-like = Like with like
scorecard-transit = Transit: median, 90%
scorecard-silent = Fell silent
scorecard-first-attempt = First attempt
scorecard-failed-attempt = Not delivered at the first attempt
scorecard-disputed = Disputed deliveries
scorecard-in-dispute = In dispute
scorecard-claims = Causes claimed
scorecard-claimed-carrier = The carrier names itself as the cause
scorecard-claimed-recipient = The carrier names the recipient as the cause
scorecard-claimed-merchant = The carrier names the shop as the cause
scorecard-claimed-customs = The carrier names customs as the cause
scorecard-claimed-force-majeure = The carrier names force majeure
scorecard-claimed-unknown = The carrier names no cause
scorecard-contested = Attempts contested
scorecard-drift = The last weeks
scorecard-moved = Moved by the customer
scorecard-let-off = Let off by the customer
scorecard-handed-too-late = Handed over after the due
scorecard-ship-in-time = Handed over by the day we had set
scorecard-ship-late = Not handed over by the day we had set
scorecard-never-handed = Labels never handed over
scorecard-class = Classes and lanes
scorecard-unknown = What is not known here
scorecard-method-parcels = Parcels of a promise to deliver, counted on the day of its first due. A parcel that no promise is known for is in no scorecard.
scorecard-method-kept = Of the parcels that were handed over before their first due: those delivered by it. Past the due and not delivered is not kept. What the customer moved or let us off, and what is in dispute, is counted apart. A new date told to the customer changes nothing.
scorecard-method-like = For each destination and length of promise, and apart for what we handed over late, everybody’s share says how many of this carrier’s parcels would have been kept. Observed less expected stands with its 95% interval (Mantel–Haenszel). Where only this carrier goes, nothing is compared; where there are too few (criterion of Mantel and Fleiss: room for at least 5 parcels on either side), no verdict is given; and where every difference may be chance, nobody has a place.
scorecard-method-transit = From the carrier’s first scan to its word that it was delivered, in whole hours. Parcels under way count as lasting, lost and returned ones as never arriving (Kaplan–Meier): who only looked at those that have arrived would flatter. A dash: so many have not arrived yet.
scorecard-method-silent = Of the parcels handed over: those of which nothing was heard for too long on the way, at least once. Scans that were only told late do not count as silence.
scorecard-method-first-attempt = Of the parcels that were brought to a door: those delivered without a failed attempt before. An attempt failed whoever’s cause the carrier names. Refused parcels and pick-up points are not counted, nor is a delivery that the customer disputes.
scorecard-method-disputed = Of the parcels that the carrier says it delivered: those of which the customer says that they did not arrive. Until it is settled such a parcel is neither kept nor missed. What the customer found after all is no dispute.
scorecard-method-claims = Of the parcels handed over: those with something wrong that the carrier itself reported, by whose cause it says it was. These are claims. The ledger has no answer by which a customer confirms an attempt, so none is shown as confirmed.
scorecard-method-contested = Failed attempts of which the customer says that they were in. Their cause is not known, never the recipient’s, and they excuse nothing.
scorecard-method-drift = Kept by first due in the last 28 days against the 84 before, with the 95% interval of the difference (Newcombe). Fewer than 20 parcels on either side are too few.
scorecard-method-moved = The customer’s own wish moved the day, or they let us off before it: in no share.
scorecard-method-handed-too-late = The carrier got it when the due had passed: no carrier could have kept that.
scorecard-method-ship-in-time = Of the parcels whose order says by which day it was to be handed over: those that the carrier had scanned by then. Our own word that we handed it over does not count.
scorecard-method-never-handed = Labels that Kept found lying, or whose due has passed, without a scan that shows the carrier has the parcel. Cancelled labels are left out.
scorecard-method-class = A lane is the destination’s country: postal codes are sealed with the address. A class is the length of the promise, in bands of days.
scorecard-method-unknown = The ledger knows neither sellers nor the carrier’s service: there are no scorecards of them.
scorecards-nothing = No parcel of this period counts here.
