//! The parameters of a usage report: which days, which licences, which customer, which page.

use chrono::{Datelike, NaiveDate};
use strum::VariantArray;

use crate::{
    model::MspLicenseType,
    support::boolean::boolean,
    views::{
        days::Span,
        usage_report::{Asked, Page, ReportPeriod},
    },
    wire::date,
};

/// The most days that one report covers (chosen): a leap year.
const MAX_DAYS: i64 = 366;

/// The parameters that name days, as they were sent.
#[derive(Clone, Debug, Default)]
struct AskedPeriod {
    start: Option<String>,
    end: Option<String>,
    month: Option<String>,
    year: Option<String>,
}

/// A parameter of which no report can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadParameter {
    /// Which one.
    pub name: &'static str,
    /// What was sent, or followed from what was sent.
    pub value: String,
    /// What would have been right.
    pub expected: String,
}

fn bad(name: &'static str, value: impl Into<String>, expected: impl Into<String>) -> BadParameter {
    BadParameter { name, value: value.into(), expected: expected.into() }
}

/// What a query string asks for. Parameters that are not known are ignored; empty ones are not there.
pub fn read(query: &str, today: NaiveDate) -> Result<Asked, BadParameter> {
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let text = |name: &str| {
        let found = pairs.iter().find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.to_string())
    };
    let asked =
        AskedPeriod { start: text("startDate"), end: text("endDate"), month: text("month"), year: text("year") };
    let license = text("licenseType").map(|word| {
        word.parse().map_err(|_| {
            let words: Vec<&str> = MspLicenseType::VARIANTS.iter().map(Into::into).collect();
            bad("licenseType", word, format!("one of {}", words.join(", ")))
        })
    });
    let page = count("page", text("page"), 0)?;
    let size = count("pageSize", text("pageSize"), DEFAULT_PAGE_SIZE)?;
    Ok(Asked {
        period: report_period(&asked, today)?,
        license: license.transpose()?,
        customer: text("mspEcTenantId"),
        device_details: text("deviceDetails")
            .map_or(Ok(false), |word| boolean(&word).ok_or_else(|| bad("deviceDetails", word, "true or false")))?,
        page: (page > 0 && size > 0).then_some(Page { number: page, size }),
    })
}

/// Days on a page (documented).
const DEFAULT_PAGE_SIZE: i64 = 5;

fn count(name: &'static str, text: Option<String>, default: i64) -> Result<i64, BadParameter> {
    let Some(text) = text else { return Ok(default) };
    let number = text.parse::<i32>().ok().filter(|number| *number >= 0);
    number.map(i64::from).ok_or_else(|| bad(name, text, "a whole number from 0 to 2147483647"))
}

/// The days asked for. `startDate` and `endDate` go first; else a month; else a year; else last month
/// (documented). A month without a year is one of this year (chosen).
fn report_period(asked: &AskedPeriod, today: NaiveDate) -> Result<ReportPeriod, BadParameter> {
    let whole = whole_period(asked, today)?;
    let day = |name, text: &Option<String>, default| match text {
        None => Ok(default),
        Some(text) => date::parse(text).map(date::Given::day).ok_or_else(|| bad(name, text, DATE)),
    };
    let first = day("startDate", &asked.start, whole.first)?;
    let last = day("endDate", &asked.end, whole.last)?;
    let requested = Span::new(first, last)
        .ok_or_else(|| bad("endDate", last.to_string(), format!("a date not before startDate, {first}")))?;
    if requested.len() > MAX_DAYS {
        return Err(bad("endDate", last.to_string(), format!("at most {MAX_DAYS} days from startDate, {first}, on")));
    }
    let reported = Span::new(first, last.min(today))
        .ok_or_else(|| bad("startDate", first.to_string(), format!("a date not after today, {today}")))?;
    Ok(ReportPeriod { requested, reported })
}

const DATE: &str = "a date such as 2024-01-22";

fn whole_period(asked: &AskedPeriod, today: NaiveDate) -> Result<Span, BadParameter> {
    let year = match &asked.year {
        None => None,
        Some(text) => Some(number(text, 4, 1900..=2500).ok_or_else(|| bad("year", text, "a year such as 2024"))?),
    };
    let month = match &asked.month {
        None => None,
        Some(text) => Some(number(text, 2, 1..=12).ok_or_else(|| bad("month", text, "a month from 01 to 12"))?),
    };
    let first_of = |year: u32, month: u32| NaiveDate::from_ymd_opt(i32::try_from(year).unwrap_or(1900), month, 1);
    let this_year = u32::try_from(today.year()).unwrap_or(1900);
    let month_of = |year, month| first_of(year, month).map(Span::month_of);
    let found = match (year, month) {
        (None, None) => None,
        (year, Some(month)) => month_of(year.unwrap_or(this_year), month),
        (Some(year), None) => {
            month_of(year, 1).zip(month_of(year, 12)).map(|(jan, dec)| Span { first: jan.first, last: dec.last })
        }
    };
    Ok(found.unwrap_or_else(|| Span::month_before(today)))
}

fn number(text: &str, digits: usize, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
    let plain = text.len() <= digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| plain && range.contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `asked`: startDate, endDate, month, year; `-` for none.
    fn period(asked: &str) -> Result<ReportPeriod, BadParameter> {
        let mut words = asked.split(' ').map(|word| (word != "-").then(|| word.to_owned()));
        let mut next = || words.next().flatten();
        let asked = AskedPeriod { start: next(), end: next(), month: next(), year: next() };
        report_period(&asked, "2026-03-10".parse().unwrap())
    }

    #[track_caller]
    fn check(asked: &str, requested: &str, reported: &str) {
        let found = period(asked).unwrap();
        let text = |span: Span| format!("{} {}", span.first, span.last);
        assert_eq!((text(found.requested), text(found.reported)), (requested.into(), reported.into()), "{asked}");
    }

    #[test]
    fn a_report_is_about_last_month_unless_days_a_month_or_a_year_are_named() {
        check("- - - -", "2026-02-01 2026-02-28", "2026-02-01 2026-02-28");
        check("2026-02-20 - - -", "2026-02-20 2026-02-28", "2026-02-20 2026-02-28");
        check("- 2026-02-03 - -", "2026-02-01 2026-02-03", "2026-02-01 2026-02-03");
        check("2025-12-30 2026-01-02T10:00:00Z - -", "2025-12-30 2026-01-02", "2025-12-30 2026-01-02");
        check("- - 11 2025", "2025-11-01 2025-11-30", "2025-11-01 2025-11-30");
        check("- - 1 -", "2026-01-01 2026-01-31", "2026-01-01 2026-01-31");
        check("- - - 2024", "2024-01-01 2024-12-31", "2024-01-01 2024-12-31");
        check("2025-11-20 - 11 2025", "2025-11-20 2025-11-30", "2025-11-20 2025-11-30");
    }

    #[test]
    fn a_report_ends_today_at_the_latest() {
        check("2026-03-01 2026-03-31 - -", "2026-03-01 2026-03-31", "2026-03-01 2026-03-10");
        check("2026-03-10 2026-03-31 - -", "2026-03-10 2026-03-31", "2026-03-10 2026-03-10");
        assert_eq!(period("2026-03-11 2026-03-31 - -").unwrap_err().name, "startDate");
    }

    #[test]
    fn days_that_do_not_exist_or_are_too_many_are_refused() {
        for (asked, name) in [
            ("2026-02-30 - - -", "startDate"),
            ("- yesterday - -", "endDate"),
            ("2026-02-20 2026-02-10 - -", "endDate"),
            ("2025-01-01 2026-01-02 - -", "endDate"),
            ("1900-01-01 2500-12-31 - -", "endDate"),
            ("- - 13 2025", "month"),
            ("- - 0 2025", "month"),
            ("- - +1 2025", "month"),
            ("- - 02 25", "year"),
            ("- - 02 20255", "year"),
        ] {
            assert_eq!(period(asked).unwrap_err().name, name, "{asked}");
        }
        check("2025-01-01 2026-01-01 - -", "2025-01-01 2026-01-01", "2025-01-01 2026-01-01");
    }

    #[test]
    fn pages_are_made_when_both_page_and_page_size_are_above_zero() {
        let page = |query: &str| read(query, "2026-03-10".parse().unwrap()).map(|asked| asked.page);
        assert_eq!(page(""), Ok(None));
        assert_eq!(page("page=0&pageSize=10"), Ok(None));
        assert_eq!(page("page=2&pageSize=0"), Ok(None));
        assert_eq!(page("page=2"), Ok(Some(Page { number: 2, size: 5 })));
        assert_eq!(page("page=2&pageSize=10"), Ok(Some(Page { number: 2, size: 10 })));
        assert_eq!(page("page=-1").unwrap_err().name, "page");
        assert_eq!(page("pageSize=ten").unwrap_err().name, "pageSize");
    }

    #[test]
    fn words_that_are_not_the_vendors_are_refused() {
        let read = |query: &str| read(query, "2026-03-10".parse().unwrap());
        assert_eq!(read("licenseType=MSP_EDGE_SELS").unwrap().license, Some(MspLicenseType::MspEdgeSels));
        assert_eq!(read("licenseType=APSW").unwrap_err().name, "licenseType");
        assert!(read("deviceDetails=true&unknown=1").unwrap().device_details);
        assert_eq!(read("deviceDetails=maybe").unwrap_err().name, "deviceDetails");
        assert_eq!(read("mspEcTenantId=&month=").unwrap().customer, None);
    }
}
