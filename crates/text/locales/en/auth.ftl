### Signing in, the first start, and what pages say when something does not work, in English.
### An error has a title, what happened and what was kept, and what to do.

## Signing in
sign-in-title = Sign in
sign-in-email = Mail address
sign-in-password = Password
sign-in-act = Sign in
sign-in-wrong = This address and this password do not belong together. Nothing was changed; check both and try again.

## The first start
welcome-title = Welcome to Kept
welcome-intro = Nobody can sign in here yet. Make the account of the first administrator; more people can be added in the settings afterwards.
welcome-name = Your name
welcome-language = Language of your pages
welcome-password-rule = At least 12 characters. A sentence that only you would think of is a good password.
welcome-act = Begin
welcome-name-missing = Write your name as your colleagues know it, in at most 200 characters.
welcome-address-wrong = This is not a mail address. It should look like ada@shop.example.
password-too-short = The password has fewer than 12 characters. Make it longer.
password-too-long = The password is longer than 1024 bytes. Make it shorter.
password-easily-guessed = This password is easy to guess: it is the name or the address, or one character again and again. Choose another.

## Errors
error-back = Go on from the start page
error-status = Code for support:

error-not-found-title = There is nothing here
error-not-found-text = This address leads nowhere, or what was here is gone.
error-not-found-do = Check the address, or look for the order, parcel or person by its number.

error-forbidden-title = Your role does not reach this far
error-forbidden-text = You are signed in, but this needs a wider role. Nothing was changed.
error-forbidden-do = Ask a supervisor or an administrator to do it, or to give you the role.

error-sign-in-title = You are signed out
error-sign-in-text = Your session has ended, or it was ended because your account changed. What you sent was not done.
error-sign-in-do = Sign in again, then send it once more.

error-form-expired-title = This form is out of date
error-form-expired-text = It was made for another session, so it was not taken. Nothing was changed.
error-form-expired-do = Go back, load the page again, and send the form from there.

error-foreign-title = This came from somewhere else
error-foreign-text = Your browser says that another site sent this form. It was not taken, and nothing was changed.
error-foreign-do = Open the page here yourself and send the form from it. If you did, your browser or a proxy hides where the form comes from.

error-bad-request-title = This could not be read
error-bad-request-text = Something is missing from what was sent, or came in a form that is not understood. Nothing was changed.
error-bad-request-do = Go back, load the page again, and try once more.

error-invalid-title = This does not fit together
error-invalid-text = What was entered can be read, but it cannot be done. Nothing was changed.
error-invalid-do = Go back and check what you entered.

error-conflict-title = Somebody was faster
error-conflict-text = This has changed since you opened the page, and can no longer be done. Nothing was changed by you.
error-conflict-do = Go back, load the page again, and see how it stands now.

error-too-many-title = Too many tries
error-too-many-text = There were too many tries in a short time, so this one was not looked at.
error-too-many-do = { $minutes ->
    [one] Wait a minute, then try again.
   *[other] Wait { $minutes } minutes, then try again.
}

error-too-large-title = This is too large
error-too-large-text = More was sent than is taken here at once. Nothing was stored.
error-too-large-do = Send less, or in several parts.

error-busy-title = One moment, please
error-busy-text = Too many people are doing this at the same moment. Nothing was lost, and nothing was changed.
error-busy-do = Try again in a few seconds.

error-unavailable-title = Nothing can be stored at the moment
error-unavailable-text = The database cannot be reached, so nothing was taken that might then be lost. What was stored before is safe.
error-unavailable-do = Try again in a minute. If it lasts, tell whoever runs this installation.

error-internal-title = Something went wrong on our side
error-internal-text = It was written down for whoever runs this installation. What was stored before is safe.
error-internal-do = Try again. If it stays, tell them when it happened.
