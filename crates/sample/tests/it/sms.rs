//! The gateway of text messages: it takes what has its key, once, and says what became of it.

use std::time::{Duration, Instant};

use kept_sample::SmsGateway;
use kept_sample::door::{Door, Reply};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

#[test]
fn messages_are_taken_once_and_what_became_of_them_is_told_signed() {
    let heard = Arc::new(Mutex::new(Vec::<(bool, Value)>::new()));
    let log = Arc::clone(&heard);
    let kept = Door::open("kept", move |request| {
        let signed = request.header("x-kept-signature").is_some_and(|signature| signature.len() == 64);
        let told = (signed && request.path == "/in/sms_http", serde_json::from_slice(&request.body).unwrap());
        log.lock().unwrap().push(told);
        Reply::json(200, &json!({}))
    });
    let kept = kept.unwrap();
    let gateway = SmsGateway::start("key", "secret", &kept.base_url()).unwrap();
    let client = reqwest::blocking::Client::new();
    let send = |key: &str, number: usize| {
        let body = json!({ "to": format!("+3363998000{number}"), "text": "Bonjour", "id": format!("msg_{number}") });
        let request = client.post(gateway.url()).bearer_auth(key).json(&body);
        request.send().unwrap().status().as_u16()
    };
    assert_eq!(send("other", 0), 401);
    for number in 0..6 {
        assert_eq!(send("key", number), 202);
    }
    assert_eq!(send("key", 3), 200, "known already");
    assert_eq!(gateway.taken().len(), 6);
    let until = Instant::now() + Duration::from_secs(20);
    while heard.lock().unwrap().len() < 7 && Instant::now() < until {
        std::thread::yield_now();
    }
    let heard = heard.lock().unwrap().clone();
    assert!(heard.iter().all(|(signed, _)| *signed), "{heard:?}");
    let count = |wanted: &dyn Fn(&Value) -> bool| heard.iter().filter(|(_, told)| wanted(told)).count();
    assert_eq!(count(&|told| told["status"] == "delivered"), 5);
    assert_eq!(count(&|told| told["status"] == "unreachable"), 1);
    assert_eq!(count(&|told| told["text"] == "Stop"), 1);
}
