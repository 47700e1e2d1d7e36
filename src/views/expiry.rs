//! How an expiry comes nearer: the states of banners, and how far mails have got.
//!
//! States (inferred; all days are policy): INITIAL from 60 days before the last valid day,
//! CLOSE_TO_EXPIRATION from 7, GRACE_PERIOD after expiry up to the end of the grace period,
//! AFTER_GRACE_PERIOD from then on. What counts down is the expiry before it, the end of the grace period
//! after it: the vendor's UI words it as "grace period ends in ... days" (observed).
//! Mails go out from 30 days before expiry, weekly; of analytics licences 7 days before (published).

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use super::{after, days_left};
use crate::model::{BannerState, Period, Policy, Status};

/// The state of the banner of one row; none while expiry is far, or before the row starts.
pub fn state(period: Period, grace_end: DateTime<Utc>, policy: &Policy, now: DateTime<Utc>) -> Option<BannerState> {
    match period.status_at(now) {
        Status::Future | Status::Revoked => None,
        Status::Valid => match days_left(period.end, now) {
            days if days <= policy.close_days => Some(BannerState::CloseToExpiration),
            days if days <= policy.initial_days => Some(BannerState::Initial),
            _ => None,
        },
        Status::Expired if now < after(grace_end) => Some(BannerState::GracePeriod),
        Status::Expired => Some(BannerState::AfterGracePeriod),
    }
}

/// The first moment of a state.
pub fn since(state: BannerState, period: Period, grace_end: DateTime<Utc>, policy: &Policy) -> DateTime<Utc> {
    match state {
        BannerState::Initial => days_before(period, policy.initial_days),
        BannerState::CloseToExpiration => days_before(period, policy.close_days),
        BannerState::GracePeriod => after(period.end),
        BannerState::AfterGracePeriod => after(grace_end),
    }
}

/// What the condition of a state counts down to.
pub fn effect(state: BannerState, period: Period, grace_end: DateTime<Utc>) -> DateTime<Utc> {
    match state {
        BannerState::Initial | BannerState::CloseToExpiration => period.end,
        BannerState::GracePeriod | BannerState::AfterGracePeriod => grace_end,
    }
}

/// How far the expiry mails have got, in the words of the banners (chosen): none before the first mail.
pub fn email_stage(
    period: Period,
    grace_end: DateTime<Utc>,
    mail_days: i64,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Option<BannerState> {
    match period.status_at(now) {
        Status::Valid if days_left(period.end, now) > mail_days => None,
        Status::Valid => state(period, grace_end, policy, now).or(Some(BannerState::Initial)),
        Status::Future | Status::Expired | Status::Revoked => state(period, grace_end, policy, now),
    }
}

/// When the last expiry mail went out: at 00:00Z, weekly from the first one until the expiry (the weeks
/// are published, the time of day and the end are chosen). None before the first.
pub fn last_mail(period: Period, mail_days: i64, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let first = days_before(period, mail_days);
    let weeks = (now.min(period.end) - first).num_days() / 7;
    (first <= now).then(|| first + TimeDelta::weeks(weeks))
}

/// 00:00Z of the day that is so many days before the last valid one, but not before the period starts.
fn days_before(period: Period, days: i64) -> DateTime<Utc> {
    (period.end.date_naive().and_time(NaiveTime::MIN).and_utc() - TimeDelta::days(days)).max(period.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: [&str; 2] = ["2025-01-01T00:00:00Z", "2026-06-30T23:59:59Z"];

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn period() -> Period {
        Period { start: at(PERIOD[0]), end: at(PERIOD[1]) }
    }

    #[track_caller]
    fn check(now: &str, expected: Option<BannerState>, mails: Option<BannerState>) {
        let policy = crate::scenario::default_policy();
        let (period, now) = (period(), at(now));
        let grace_end = period.end + policy.grace(crate::model::DeviceType::Wifi, false);
        let found = state(period, grace_end, &policy, now);
        assert_eq!(found, expected, "{now}");
        if let Some(state) = found {
            assert!(since(state, period, grace_end, &policy) <= now, "{now}");
        }
        assert_eq!(email_stage(period, grace_end, 30, &policy, now), mails, "{now}");
    }

    #[test]
    fn a_banner_changes_its_state_on_the_boundary_days_and_mails_begin_later() {
        use BannerState::{AfterGracePeriod, CloseToExpiration, GracePeriod, Initial};
        check("2024-12-31T23:59:59Z", None, None);
        check("2026-04-30T23:59:59Z", None, None);
        check("2026-05-01T00:00:00Z", Some(Initial), None);
        check("2026-05-30T23:59:59Z", Some(Initial), None);
        check("2026-05-31T00:00:00Z", Some(Initial), Some(Initial));
        check("2026-06-22T23:59:59Z", Some(Initial), Some(Initial));
        check("2026-06-23T00:00:00Z", Some(CloseToExpiration), Some(CloseToExpiration));
        check("2026-06-30T23:59:59Z", Some(CloseToExpiration), Some(CloseToExpiration));
        check("2026-07-01T00:00:00Z", Some(GracePeriod), Some(GracePeriod));
        check("2026-08-29T23:59:59Z", Some(GracePeriod), Some(GracePeriod));
        check("2026-08-30T00:00:00Z", Some(AfterGracePeriod), Some(AfterGracePeriod));
        check("2030-01-01T00:00:00Z", Some(AfterGracePeriod), Some(AfterGracePeriod));
    }

    #[test]
    fn mails_are_weekly_until_the_expiry() {
        for (now, expected) in [
            ("2026-05-30T23:59:59Z", None),
            ("2026-05-31T00:00:00Z", Some("2026-05-31T00:00:00Z")),
            ("2026-06-06T23:59:59Z", Some("2026-05-31T00:00:00Z")),
            ("2026-06-07T00:00:00Z", Some("2026-06-07T00:00:00Z")),
            ("2026-06-28T12:00:00Z", Some("2026-06-28T00:00:00Z")),
            ("2026-09-01T00:00:00Z", Some("2026-06-28T00:00:00Z")),
        ] {
            assert_eq!(last_mail(period(), 30, at(now)), expected.map(at), "{now}");
        }
    }
}
