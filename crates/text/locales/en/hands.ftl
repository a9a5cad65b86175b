### What people of the team note by hand: that a customer got in touch, and that a promise is done.
form-wrong = Nothing was noted yet. What you wrote is still here: look at what is marked.
form-too-long = { $over ->
     [one] This is one character too long
    *[other] This is { $over } characters too long
    }; { $most } are possible.

## A contact
contact-title = The customer got in touch
contact-counts-promise = If they had to ask, it counts as a chaser on this promise. Your name is noted with it.
contact-counts-customer = If they had to ask, it counts as a chaser on every promise still owed to them. Your name is noted with it. On the page of a promise, it counts on that one only.
contact-channel = By which channel
contact-asked = Did they have to ask how it stands?
contact-asked-yes = Yes, they had to ask
contact-asked-no = No, it was about something else
contact-text = What they said (optional)
contact-text-hint = Only the team reads it; it is erased with the person.
contact-at = When (optional)
contact-at-hint = Now, unless you say otherwise. Times of { $zone }.
contact-act = Note the contact
contact-wrong-channel = Choose by which channel they got in touch.
contact-wrong-asked = Answer yes or no: the figures count how often somebody had to ask.
contact-wrong-at = This is not a date with a time, such as 2026-11-28 14:30. Leave it empty for now.
contact-wrong-future = This lies ahead; it is { $now } now.
contact-wrong-before = The promise was made only { $made }; before that nobody could ask about it.

## Done by hand
deed-title = It is done
deed-said = On your word the promise is closed from now on, and counts as kept by hand. The customer sees that it is our team that says so, and may dispute it.
deed-late = Its due has passed: it will count as kept late.
deed-yourself = You answer for this promise, or did: the figures also count separately what people judged about their own promises.
deed-evidence = By what can one see it?
deed-hint = For example: called at 14:10, spoke for six minutes. Only the team reads it.
deed-act = Note that it is done
deed-wrong-empty = Say by what one can see that it is done: a word without evidence closes nothing.
deed-wrong-closed = This promise can no longer be closed by hand: somebody was faster, or its time was over. Here is how it stands; copy your text if you need it.
deed-own = who answers for it
done-deed = Noted: it is done, on your word.
fact-deed = { $name } says that it is done
judge-hand = the word of somebody in the team
judged-by-hand = judged on the word of somebody in the team: { $name }
judged-by-own-hand = judged on the word of { $name }, who answered for it
own-hand-claims = It is our team that says so; if it is not so, tell us.
thanks-not-so = Noted. Somebody will look into it and answer you.

## Their figures
figure-by-hand = Kept on the team’s word
figure-own-hand = Kept on the owner’s own word
figures-by-hand = Kept on the team’s word, by who answers
figures-own-hand = Kept on the owner’s own word, by who answers
method-by-hand = Of those kept, in time or late: those that a person of the team said were done, with nothing else to show for it, such as a call back or an answer. A deed counts from when it is noted, never from before.
method-own-hand = Of those kept: those where that person answered for the promise, then or at any time before. Handing it over does not hide it.
