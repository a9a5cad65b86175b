//! Mails of our own making, each with a trap that real ones have.

use kept_mail::reading::{Action, Automatic, Bounce, Mail, Reason, Unreadable};

fn read(text: &str) -> Mail {
    kept_mail::read(text.as_bytes()).expect("a mail")
}

fn kind(text: &str) -> Automatic {
    read(text).automatic
}

/// The report that a server of this sender, subject and text sends.
fn report(head: &str, text: &str) -> Bounce {
    let mail = read(&format!("{head}\nTo: shop@kept.example\n\n{text}"));
    assert_eq!(mail.automatic, Automatic::Bounce, "{text}");
    mail.bounce.expect("a report")
}

const DAEMON: &str = "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>";
const ORIGINAL: &str = "Return-Path: <shop@kept.example>\nReceived: from a by b; Thu, 5 Mar 2026 09:05:30 +0100\n\
    From: Shop <shop@kept.example>\nTo: ann@home.example\nMessage-ID: <dec.7.1@kept.example>\nSubject: Your parcel\n\nDear Ann\n";

#[test]
fn a_mail_says_what_it_says() {
    let mail = read(
        "From: =?utf-8?Q?Ren=C3=A9e?= <renee@home.example>\nTo: Shop <shop@kept.example>, b@kept.example\nCc: c@kept.example\n\
         Reply-To: other@home.example\nSubject: =?UTF-8?B?w4k=?=\n =?UTF-8?B?dMOp?= [K-4711]\nMessage-ID: <1@home.example>\n\
         In-Reply-To: <dec.7.1@kept.example>\nReferences: <a@kept.example>\n <dec.7.1@kept.example>\n\
         Date: Thu, 05 Mar 2026 09:05:30 Z\nContent-Type: text/plain; charset=utf-8\n\nWhere is it?\n",
    );
    let from = mail.from.expect("a sender");
    assert_eq!((from.name.as_deref(), from.address.as_deref()), (Some("Renée"), Some("renee@home.example")));
    assert_eq!((mail.to.len(), mail.cc.len()), (2, 1));
    assert_eq!(mail.reply_to.and_then(|one| one.address).as_deref(), Some("other@home.example"));
    assert_eq!(mail.subject.as_deref(), Some("Été [K-4711]"));
    assert_eq!(mail.message_id.as_deref(), Some("1@home.example"));
    assert_eq!(mail.in_reply_to.as_deref(), Some("dec.7.1@kept.example"));
    assert_eq!(mail.references, ["a@kept.example", "dec.7.1@kept.example"]);
    assert_eq!(mail.date.as_deref(), Some("2026-03-05T09:05:30+00:00"));
    assert_eq!(mail.text.trim(), "Where is it?");
    assert_eq!(mail.automatic, Automatic::No);
}

#[test]
fn all_line_ends_are_line_ends() {
    let text = "From: ann@home.example\nSubject: a\n b\n\none\ntwo\n";
    let plain = read(text);
    assert_eq!(read(&text.replace('\n', "\r")), plain);
    assert_eq!(read(&text.replace('\n', "\r\n")), plain);
    assert_eq!(plain.subject.as_deref(), Some("a b"));
}

#[test]
fn who_writes_is_looked_for_elsewhere() {
    let from = |head: &str| read(&format!("{head}\nSubject: a\n\nb")).from.and_then(|one| one.address);
    assert_eq!(from("Sender: s@home.example\nReply-To: r@home.example").as_deref(), Some("r@home.example"));
    assert_eq!(from("From: \nSender: s@home.example").as_deref(), Some("s@home.example"));
    assert_eq!(from("Return-Path: <p@home.example>").as_deref(), Some("p@home.example"));
    assert_eq!(from("Return-Path: <>"), None);
}

#[test]
fn a_subject_never_holds_a_line_end() {
    let mail = read("From: ann@home.example\nSubject: =?utf-8?Q?a=0D=0ABcc:_x@y.example?=\n\nb");
    assert_eq!(mail.subject.as_deref(), Some("a  Bcc: x@y.example"));
}

#[test]
fn what_is_attached_is_attached() {
    let mail = read(
        "From: ann@home.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee here.\n--b\n\
         Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\nAAEC!Aw==\n--b\n\
         Content-Type: image/png\nContent-ID: <1>\n\nx\n--b\nContent-Type: message/rfc822\n\nSubject: inner\n\ninner text\n--b--\n",
    );
    assert_eq!(mail.full_text.trim(), "See here.");
    let names: Vec<_> =
        mail.attachments.iter().map(|one| (one.name.as_deref(), one.media_type.as_str(), one.size, one.inline)).collect();
    assert_eq!(
        names,
        [
            (Some("winmail.dat"), "application/ms-tnef", 4, false),
            (None, "image/png", 1, true),
            (None, "message/rfc822", 26, false)
        ]
    );
    assert_eq!(mail.attachments[0].sha256, "054edec1d0211f624fed0cbca9d4f9400b0e491c43742af2c5b0abebf0c990d8");
}

#[test]
fn a_mail_that_is_all_html_has_text_too() {
    let mail =
        read("From: ann@home.example\nContent-Type: text/html\n\n<p>Hello<script>x()</script><img src=https://t.example/1.gif>");
    assert_eq!(mail.full_text.trim(), "Hello");
    assert_eq!(mail.html.as_deref(), Some("<p>Hello<img src=\"remote:https://t.example/1.gif\"></p>"));
}

#[test]
fn what_cannot_be_read_says_why() {
    let why = |bytes: &[u8]| kept_mail::read(bytes).expect_err("no mail");
    assert_eq!(why(b""), Unreadable::Empty);
    assert_eq!(why(b"\r\n \n"), Unreadable::Empty);
    assert_eq!(why(b"just text"), Unreadable::NotAMail);
    assert_eq!(why(b"a: b\n\nc"), Unreadable::NotAMail);
    assert_eq!(why(&vec![b'a'; 25 * 1024 * 1024 + 1]), Unreadable::TooLarge { bytes: 25 * 1024 * 1024 + 1 });
    let long = format!("Subject: {}\n\n", "a ".repeat(140_000));
    assert!(matches!(why(long.as_bytes()), Unreadable::HeaderTooLong { .. }));
}

#[test]
fn machines_are_told_from_people() {
    let with = |head: &str| kind(&format!("From: ann@home.example\n{head}\n\nI am away.\n"));
    assert_eq!(with("Subject: Hi\nAuto-Submitted: no"), Automatic::No);
    assert_eq!(with("Subject: Hi\nX-Auto-Response-Suppress: All"), Automatic::No);
    assert_eq!(
        with("Subject: Hi\nAuto-Submitted: auto-replied (vacation)\nReturn-Path: <>\nPrecedence: bulk"),
        Automatic::AutoReply
    );
    assert_eq!(with("Subject: Automatic reply: Hi\nX-Auto-Response-Suppress: All"), Automatic::AutoReply);
    assert_eq!(with("Subject: Re: Automatic reply: Hi"), Automatic::No);
    assert_eq!(with("Subject: Out of office this week, can you call?"), Automatic::No);
    assert_eq!(with("Subject: Out of office\nReturn-Path: <>"), Automatic::AutoReply);
    assert_eq!(with("Subject: Hi\nX-Autoreply: yes"), Automatic::AutoReply);
    assert_eq!(with("Subject: Re: Hi\nX-Apple-Action: VACATION/1"), Automatic::AutoReply);
    assert_eq!(with("Subject: Out of office: Hi"), Automatic::AutoReply);
    assert_eq!(with("Subject: Hi\nPrecedence: list"), Automatic::Bulk);
    assert_eq!(with("Subject: Hi\nList-Id: <a.example>"), Automatic::Bulk);
    assert_eq!(with("Subject: Undeliverable, you say? It was delivered to my neighbour"), Automatic::No);
}

#[test]
fn parcels_that_are_not_delivered_are_no_bounces() {
    let customer = "From: Ann <postmaster@ann.example>\nSubject: Colis 550\n\nMy parcel was not delivered to 450 Main Street. It says it could not be delivered.\n";
    assert_eq!(kind(customer), Automatic::No);
    let carrier = "From: Carrier <no-reply@carrier.example>\nReturn-Path: <>\nSubject: Delivery problem\n\n\
        We were unable to deliver your parcel to 450 Main Street, Springfield. Delivery failed.\n";
    assert_eq!(kind(carrier), Automatic::No);
    let list = format!(
        "From: bob@home.example\nList-Id: <mail.example>\nSubject: [mail] Undelivered Mail Returned to Sender?\n\nWhy was it not delivered?\n\n{ORIGINAL}"
    );
    assert_eq!(kind(&list), Automatic::Bulk);
}

#[test]
fn a_list_that_refuses_is_a_bounce() {
    let text = format!("You are not member of this list.\n\nOriginal mail as follows:\n\n   {}", ORIGINAL.replace('\n', "\n   "));
    let bounce = report("From: list-admin@lists.example\nSubject: NOT MEMBER article from shop@kept.example", &text);
    assert_eq!(bounce.message_id.as_deref(), Some("dec.7.1@kept.example"));
}

#[test]
fn a_read_receipt_is_an_answer_that_nobody_wrote() {
    let mail = "From: ann@home.example\nSubject: Read: Hi\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n\
        --b\n\nRead.\n--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n";
    assert_eq!(kind(mail), Automatic::AutoReply);
}

#[test]
fn complaints_are_no_bounces() {
    let mail = "From: feedback@isp.example\nSubject: FW: Offer\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n\
        --b\n\nAn abuse report.\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--b--\n";
    assert_eq!(kind(mail), Automatic::FeedbackReport);
}

#[test]
fn a_person_who_sends_a_report_on_is_a_person() {
    let enclosed = format!(
        "From: ann@home.example\nSubject: Fwd: Undelivered Mail Returned to Sender\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n\
         I got this, what now?\n--b\nContent-Type: message/rfc822\n\n{DAEMON}\nSubject: Undelivered Mail Returned to Sender\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=c\n\n--c\nContent-Type: message/delivery-status\n\n\
         Final-Recipient: rfc822; ann@home.example\nAction: failed\nStatus: 5.1.1\n--c--\n--b--\n"
    );
    assert_eq!(kind(&enclosed), Automatic::No);
}

#[test]
fn each_recipient_of_a_report_is_told() {
    let report = format!(
        "{DAEMON}\nSubject: Returned mail\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n--b\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ann@home.example\n\
         Action: delayed\nStatus: 4.4.1\n\nFinal-Recipient: rfc822; bob@home.example\nAction: failed\nStatus: 5.2.2\n\
         Diagnostic-Code: smtp; 552 5.2.2 over quota\n\n--b\nContent-Type: message/rfc822\n\n{ORIGINAL}--b--\n"
    );
    let bounce = read(&report).bounce.expect("a report");
    assert_eq!(read(&report.replace('\n', "\r\n")).bounce.as_ref(), Some(&bounce));
    let doubled = report.replace("\nFinal", "\nOriginal-Recipient: rfc822; x\nFinal");
    assert_eq!(read(&doubled.replace('\n', "\r\n")).bounce.map(|bounce| bounce.recipients), Some(bounce.recipients.clone()));
    assert_eq!(bounce.kind, Action::Failed);
    assert_eq!(
        (bounce.action, bounce.status.as_deref(), bounce.recipient.as_deref()),
        (Action::Delayed, Some("4.4.1"), Some("ann@home.example"))
    );
    let second = &bounce.recipients[1];
    assert_eq!((second.action, second.diagnostic.as_deref()), (Action::Failed, Some("552 5.2.2 over quota")));
    assert_eq!(bounce.message_id.as_deref(), Some("dec.7.1@kept.example"));
}

#[test]
fn reports_in_words_are_read() {
    let all = [
        (
            "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message.\n\n<ann@home.example>:\n\
          192.0.2.7 does not like recipient.\nRemote host said: 550 5.1.1 No such user\n\n--- Below this line is a copy of the message.",
            "5.1.1",
        ),
        (
            "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered.\n\n  \
          ann@home.example\n    SMTP error from remote mail server after RCPT TO:<ann@home.example>:\n    host mx [192.0.2.5]: 550 mailbox full\n\n\
          ------ This is a copy of the message ------",
            "5.2.2",
        ),
        (
            "Your message\n\n  To:      ann@home.example\n  Subject: Your parcel\n  Sent:    Thu, 5 Mar 2026\n\ndid not reach the following recipient(s):\n\n\
          ann@home.example on Thu, 5 Mar 2026 09:05:30 +0100\n    The e-mail account does not exist.\n    <mx.example #5.1.1 SMTP; 550>",
            "5.1.1",
        ),
        (
            "   ----- The following addresses had permanent fatal errors -----\n<ann@home.example>\n\n   ----- Transcript of session follows -----\n\
          ... while talking to mx.home.example.:\n>>> RCPT To:<ann@home.example>\n<<< 550 Requested mailbox not found\n550 <ann@home.example>... User unknown",
            "5.1.1",
        ),
        (
            "Your message was not delivered to:\n\nann@home.example\n\nbecause:\n\nUser ann (ann@home.example) not listed in Domino Directory",
            "5.1.1",
        ),
        (
            "Delivery to the following recipient failed permanently:\n\n     ann@home.example\n\nTechnical details of permanent failure: \n\
          DNS Error: Domain name not found\n\n----- Original message -----",
            "5.1.2",
        ),
        ("Unknown user: ann@home.example\n\nOriginal message follows.", "5.1.1"),
        (
            "Unable to deliver message to the following recipients, due to being unable to connect successfully to the destination mail server.\n\n\
          ann@home.example",
            "4.4.1",
        ),
        (
            "Votre message n'a pas pu être remis.\n\n<ann@home.example>: host smtp.example said: 550 5.2.0 Mail rejete. Mail rejected. ofr_506 [506]",
            "5.2.0",
        ),
    ];
    for (text, status) in all {
        let bounce = report(&format!("{DAEMON}\nSubject: Delivery failure"), &format!("{text}\n\n{ORIGINAL}"));
        assert_eq!(bounce.recipient.as_deref(), Some("ann@home.example"), "{text}");
        assert_eq!(bounce.status.as_deref(), Some(status), "{text}");
        assert_eq!((bounce.kind, bounce.recipients.len()), (Action::Failed, 1), "{text}");
        assert_eq!(bounce.message_id.as_deref(), Some("dec.7.1@kept.example"), "{text}");
    }
}

#[test]
fn a_delay_is_no_failure() {
    let text = format!(
        "THIS IS A WARNING MESSAGE ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.\n\nDelivery to the following recipient has been delayed:\n\n     \
         ann@home.example\n\nMessage will be retried for 2 more day(s)\nConnection timed out\n\n{ORIGINAL}"
    );
    let bounce = report(&format!("{DAEMON}\nSubject: Delivery Status Notification (Delay)"), &text);
    assert_eq!(
        (bounce.kind, bounce.status.as_deref(), bounce.reason),
        (Action::Delayed, Some("4.4.1"), Some(Reason::Unreachable))
    );
}

#[test]
fn whom_nobody_names_is_whom_the_original_was_for() {
    let bounce = report(&format!("{DAEMON}\nSubject: failure notice"), &format!("The mailbox is full.\n\n{ORIGINAL}"));
    assert_eq!((bounce.recipient.as_deref(), bounce.status.as_deref()), (Some("ann@home.example"), Some("5.2.2")));
}

#[test]
fn notices_in_json_are_reports() {
    let notice = "{\"notificationType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Permanent\",\"bouncedRecipients\":[{\"emailAddress\":\
        \"ann@home.example\",\"action\":\"failed\",\"status\":\"5.1.1\",\"diagnosticCode\":\"smtp; 550 unknown\n user\"}]},\"mail\":{\"messageId\":\"7\"}}";
    let bounce = report("From: no-reply@cloud.example\nSubject: Notification", notice);
    assert_eq!((bounce.recipient.as_deref(), bounce.status.as_deref()), (Some("ann@home.example"), Some("5.1.1")));
    let complaint =
        read(&format!("From: no-reply@cloud.example\nSubject: a\n\n{}", notice.replace("\"Bounce\"", "\"Complaint\"")));
    assert_eq!(complaint.automatic, Automatic::FeedbackReport);
}
