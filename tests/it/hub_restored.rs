//! A hub whose database was put back from an older copy: whoever listens notices, and hears all again.

use crate::hub_peer::{Hub, segments};
use gerbang::issue::simulate::Plan;
use gerbang::sync::{DOCUMENTS_MAX, Got, How, Listener, Moment, Want};
use gerbang::trust::{HubUser, hub_database};
use serde_json::Value;

/// A gate's page, whose time goes as it likes.
struct Page<'a> {
    hub: &'a Hub,
    database: &'a str,
    listener: Listener,
    now_ms: i64,
    heard: Vec<String>,
}

impl Page<'_> {
    /// Carries out what the listener wants next; answers what that was.
    fn go_on(&mut self) -> How {
        self.now_ms += 1_000_000;
        let moment = Moment { running_ms: self.now_ms, entropy: 512 };
        let Want::Ask(ask) = self.listener.get(Got::Nothing, moment) else { panic!("it asks") };
        let since = ask.since.unwrap_or_else(|| "0".to_owned());
        let path = match ask.how {
            How::Newest => format!("{}/_changes?descending=true&limit=4000", self.database),
            How::Next { documents_max } => {
                format!("{}/_changes?limit={documents_max}&since={since}", self.database)
            }
            How::Where => self.database.to_owned(),
            How::Follow | How::Over => return ask.how,
        };
        let (status, said) = self.hub.admin("GET", &path, None);
        assert_eq!(status, 200, "{said}");
        let seq = |seq: &Value| seq.as_str().map_or_else(|| seq.to_string(), str::to_owned);
        let rows = said["results"].as_array().cloned().unwrap_or_default();
        let got = match ask.how {
            How::Where => Got::Where { seq: seq(&said["update_seq"]) },
            How::Newest => Got::Answer { seq: "0".to_owned(), documents: rows.len() },
            _ => {
                let ids = rows.iter().filter_map(|row| row["id"].as_str());
                self.heard.extend(ids.filter(|id| !id.starts_with('_')).map(str::to_owned));
                Got::Answer { seq: seq(&said["last_seq"]), documents: rows.len() }
            }
        };
        self.listener.get(got, moment);
        ask.how
    }

    fn is_cut(&mut self) {
        self.now_ms += 1_000;
        self.listener.get(Got::Failed, Moment { running_ms: self.now_ms, entropy: 512 });
    }
}

#[test]
fn whoever_listens_to_a_hub_that_was_put_back_from_an_older_copy_begins_anew() {
    let hub = Hub::apart("restored", 1);
    let database = hub_database(&hub.venues[0]);
    let first_day_unix_s = 1_789_948_800;
    let plan = Plan { seed: 3, venues: 1, gates: 1, days: 1, entries: 60, first_day_unix_s };
    let log = plan.venue(0).pop().expect("one gate");
    let user = HubUser::of(&hub.venues[0], "Pintu 1").expect("short");
    let written = segments(&user, &log.device, &log.entries, 5);
    hub.put_segments(&database, &written);
    let (listener, heard) = (Listener::default(), Vec::new());
    let mut page = Page { hub: &hub, database: &database, listener, now_ms: 0, heard };
    let next = How::Next { documents_max: DOCUMENTS_MAX };
    assert_eq!([page.go_on(), page.go_on(), page.go_on()], [How::Newest, next, How::Follow]);
    let all = page.heard.len();
    assert!(all > 20, "{all}");

    // The line is cut, and nothing is wrong.
    page.is_cut();
    assert_eq!([page.go_on(), page.go_on(), page.go_on()], [next, How::Where, How::Follow]);

    // Put back: the older half is there, under smaller numbers.
    let path = format!("{database}?");
    assert_eq!(hub.admin("DELETE", &path, None).0 / 100, 2);
    assert_eq!(hub.admin("PUT", &path, None).0 / 100, 2);
    hub.put_segments(&database, &written[..4]);
    page.is_cut();
    page.heard.clear();
    let mut asked = Vec::new();
    while asked.last() != Some(&How::Follow) {
        asked.push(page.go_on());
    }
    assert!(asked.contains(&How::Newest) || !page.heard.is_empty(), "{asked:?}");
    assert_eq!(page.heard.len(), 8, "{asked:?}");
    hub.put_segments(&database, &written[4..]);
    page.is_cut();
    while page.go_on() != How::Follow {}
    assert_eq!(page.heard.len(), all);
}
