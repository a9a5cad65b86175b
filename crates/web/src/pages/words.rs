//! How a page says things: texts, dates and counts in one reader's language, zone and moment.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kept_base::moment::zone_named;
use kept_base::{Due, Language, Moment, Offset, from_millis};
use kept_engine::views::MOST_COUNTED;
use kept_text::{Arg, Texts, said};

/// A reader's language, zone and present, with the texts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Words {
    /// The texts.
    pub texts: Arc<Texts>,
    /// The reader's language.
    pub language: Language,
    /// The zone in which days are said.
    pub zone: TimeZone,
    /// The present, epoch milliseconds.
    pub now: i64,
}

impl Words {
    /// Words for a reader; a zone that is not known is read as UTC.
    pub fn new(texts: Arc<Texts>, language: Language, zone: &str, now: i64) -> Words {
        Words { texts, language, zone: zone_named(zone).unwrap_or(TimeZone::UTC), now }
    }

    /// The same reader, with days said where somebody else lives.
    pub fn in_zone(&self, zone: &str) -> Words {
        Words { zone: zone_named(zone).unwrap_or_else(|_| self.zone.clone()), ..self.clone() }
    }

    /// A text without values.
    pub fn t(&self, key: &str) -> String {
        self.texts.say(self.language, key, &[])
    }

    /// A text with values.
    pub fn say(&self, key: &str, args: &[(&str, Arg)]) -> String {
        self.texts.say(self.language, key, args)
    }

    /// The text of a word of the ledger (`state`, `at_risk` → `state-at-risk`); a word without a text is shown as it is, readable.
    pub fn word(&self, prefix: &str, word: &str) -> String {
        let key = format!("{prefix}-{}", word.replace('_', "-"));
        if self.texts.has(self.language, &key) {
            self.t(&key)
        } else if word.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '_' | '-')) {
            // Not for owners: people type those, and a name does not belong into a log.
            if prefix != "owner" {
                tracing::debug!(key, "text.missing");
            }
            word.replace(['_', '-'], " ")
        } else {
            word.to_owned()
        }
    }

    /// The day on which the page is read.
    pub fn today(&self) -> Date {
        self.day_of(self.now)
    }

    /// The day of a moment.
    pub fn day_of(&self, at: i64) -> Date {
        self.instant(at).to_zoned(self.zone.clone()).date()
    }

    /// The first moment of a day, epoch milliseconds.
    pub fn start_of(&self, day: Date) -> i64 {
        day.to_zoned(self.zone.clone()).map_or(self.now, |start| start.timestamp().as_millisecond())
    }

    /// A month with its year, by any of its days.
    pub fn month(&self, day: Date) -> String {
        let name = self.t(&format!("month-{}", day.month()));
        self.say("month-of-year", &[("month", name.into()), ("year", day.year().to_string().into())])
    }

    /// An instant of epoch milliseconds; one out of range is the epoch.
    pub fn instant(&self, at: i64) -> Timestamp {
        from_millis(at).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// A moment in short: today's is the time alone.
    pub fn at(&self, at: i64) -> String {
        said::moment_short_from(self.language, &self.instant(at).to_zoned(self.zone.clone()), self.today())
    }

    /// A moment in a sentence.
    pub fn at_long(&self, at: i64) -> String {
        said::moment_from(self.language, &self.instant(at).to_zoned(self.zone.clone()), self.today())
    }

    /// The day of a moment, in short.
    pub fn day_short(&self, at: i64) -> String {
        self.date_short(self.day_of(at))
    }

    /// A date in short.
    pub fn date_short(&self, date: Date) -> String {
        said::day_short_from(self.language, date, self.today())
    }

    /// A date in full.
    pub fn date(&self, date: Date) -> String {
        said::day_from(self.language, date, self.today())
    }

    /// A due in a sentence: a day, or a day and its time.
    pub fn due(&self, due: &Due) -> String {
        match due.day {
            Some(date) => self.date(date),
            None => said::moment_from(self.language, &due.at.to_zoned(self.zone.clone()), self.today()),
        }
    }

    /// A due in a table.
    pub fn due_short(&self, due: &Due) -> String {
        said::due_short(self.language, due, &self.zone, self.today())
    }

    /// Where a moment lies, seen from now.
    pub fn relative(&self, at: i64) -> String {
        said::relative(self.language, self.instant(self.now), self.instant(at))
    }

    /// How long ago something was; what a source dates a little ahead of us is said as now.
    pub fn ago(&self, at: i64) -> String {
        self.relative(at.min(self.now))
    }

    /// A whole number.
    pub fn count(&self, value: u64) -> String {
        kept_text::number(self.language, i64::try_from(value).unwrap_or(i64::MAX))
    }

    /// A whole number of what is counted up to [`MOST_COUNTED`]: "10,000+" above.
    pub fn count_or_many(&self, value: u64) -> String {
        if value > MOST_COUNTED { format!("{}+", self.count(MOST_COUNTED)) } else { self.count(value) }
    }

    /// A count in a sentence: in letters up to twelve (of something feminine in French), in figures above.
    pub fn spelled(&self, value: u64) -> String {
        const FRENCH: [&str; 13] =
            ["aucune", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"];
        const ENGLISH: [&str; 13] =
            ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
        let letters = match self.language {
            Language::French => FRENCH,
            Language::English => ENGLISH,
        };
        let small = usize::try_from(value).ok().and_then(|value| letters.get(value));
        small.map_or_else(|| self.count(value), |word| (*word).to_owned())
    }

    /// A share of one in percent: whole above one in a hundred, with one decimal below.
    pub fn percent(&self, share: f64) -> String {
        let percent = share * 100.0;
        let text = if percent > 0.0 && percent < 1.0 { format!("{percent:.1}") } else { format!("{percent:.0}") };
        match self.language {
            Language::French => format!("{}\u{a0}%", text.replace('.', ",")),
            Language::English => format!("{text}%"),
        }
    }

    /// A number with one decimal at most.
    pub fn decimal(&self, value: f64) -> String {
        let text = format!("{value:.1}");
        let text = text.strip_suffix(".0").unwrap_or(&text).to_owned();
        match self.language {
            Language::French => text.replace('.', ","),
            Language::English => text,
        }
    }

    /// A span of hours, in hours below 48 and days above.
    pub fn hours(&self, hours: f64) -> String {
        if hours < 48.0 {
            format!("{}\u{a0}h", self.decimal(hours))
        } else {
            self.say("span-days", &[("days", self.decimal(hours / 24.0).into())])
        }
    }

    /// Things one after the other.
    pub fn list(&self, things: &[String]) -> String {
        said::list(self.language, things)
    }

    /// A wall clock as given, with what is known of its offset: `14:07 +01:00`, or that it was guessed, or that it is not known.
    pub fn wall(&self, moment: &Moment) -> String {
        let time = said::time(self.language, moment.wall.time());
        let offset = match moment.offset {
            Offset::Known(seconds) => offset_text(seconds),
            Offset::Guessed(seconds) => self.say("offset-guessed", &[("offset", offset_text(seconds).into())]),
            Offset::Unknown => self.t("offset-unknown"),
        };
        format!("{time} {offset}")
    }

    /// The time as machines read it, for `<time datetime>`.
    pub fn machine(&self, at: i64) -> String {
        self.instant(at).to_string()
    }

    /// The text without the capital at its start, to stand inside a sentence.
    pub fn uncapital(&self, text: &str) -> String {
        let mut letters = text.chars();
        letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
    }

    /// The text with a capital at its start.
    pub fn capital(&self, text: &str) -> String {
        said::capitalised(text)
    }
}

fn offset_text(seconds: i32) -> String {
    let sign = if seconds < 0 { '−' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// A value of a text, from anything that can be one.
pub fn arg(value: impl Into<Arg>) -> Arg {
    value.into()
}
