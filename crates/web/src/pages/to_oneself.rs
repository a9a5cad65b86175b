//! What became of a message to oneself, in words.

use kept_engine::SmsTest;
use kept_engine::ports::SendOutcome;

use crate::pages::connections::Stands;
use crate::pages::words::{Words, arg};

/// The gateway's word, and the network's where there is one.
pub(crate) fn said(w: &Words, test: &SmsTest) -> Stands {
    let when = w.ago(test.at);
    let stands = |class: &'static str, key: &str, todo: &str, detail: &str| Stands {
        class,
        said: w.say(key, &[("when", arg(when.as_str()))]),
        todo: if todo.is_empty() { String::new() } else { w.t(todo) },
        detail: detail.to_owned(),
    };
    match (&test.outcome, &test.receipt) {
        (_, Some((true, code, _))) => stands("kept", "sms-test-arrived", "", code),
        (_, Some((false, code, _))) => stands("late", "sms-test-failed", "sms-test-failed-do", code),
        (SendOutcome::Accepted { reply, .. }, None) => stands("kept", "sms-test-accepted", "sms-test-accepted-do", reply),
        (SendOutcome::Refused { reply } | SendOutcome::Barred { reply, .. }, None) => {
            stands("late", "sms-test-refused", "sms-test-refused-do", reply)
        }
        (SendOutcome::Retry { reason }, None) => stands("late", "sms-test-not-taken", "sms-test-not-taken-do", reason),
        (SendOutcome::Unknown { reason }, None) => stands("risk", "sms-test-unknown", "sms-test-unknown-do", reason),
    }
}
