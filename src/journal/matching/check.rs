//! What a match may say, and the limits on its size.

use super::{Match, Words};
use crate::{
    catalogue::{self, OPERATIONS},
    model::TenantId,
    support::{echo, glob, suggest::nearest},
};

/// The most words, names or pointers of one criterion.
const MOST: usize = 100;

/// What is wrong with a match.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct InvalidMatch {
    /// Which criterion.
    pub field: &'static str,
    /// What is wrong with it, and what was expected.
    pub problem: String,
}

fn refused(field: &'static str, problem: impl Into<String>) -> Result<(), InvalidMatch> {
    Err(InvalidMatch { field, problem: problem.into() })
}

impl Match {
    /// Whether it can be used at all.
    pub fn check(&self) -> Result<(), InvalidMatch> {
        // Every field, so that none is without a limit; a path has its own.
        let Self { method, path: _, query, headers, body, tenant, client, operation_id, status, unmatched: _ } = self;
        words("method", method.as_ref(), is_method)?;
        words("tenant", tenant.as_ref(), is_tenant)?;
        words("client", client.as_ref(), |_| Ok(()))?;
        words("operationId", operation_id.as_ref(), is_operation)?;
        pairs("query", query.iter())?;
        pairs("headers", headers.iter())?;
        if let Some(status) = status {
            match status.count() {
                0 => {
                    return refused(
                        "status",
                        format!("{} is not a status: expected 404, 4xx, or several of such", status.text()),
                    );
                }
                count => at_most("status", count, MOST, "statuses")?,
            }
        }
        at_most("body", body.len(), MOST, "values")?;
        body.keys().try_for_each(|pointer| is_pointer(pointer))
    }

    /// Whether it can be decided before there is an answer, as for a fault.
    pub fn check_before_answer(&self) -> Result<(), InvalidMatch> {
        self.check()?;
        if self.status.is_some() {
            return refused("status", "a fault is chosen before there is an answer, so it cannot depend on the status");
        }
        Ok(())
    }
}

fn at_most(field: &'static str, count: usize, most: usize, of: &str) -> Result<(), InvalidMatch> {
    if count <= most { Ok(()) } else { refused(field, format!("at most {most} {of}, found {count}")) }
}

fn is_short(field: &'static str, text: &str) -> Result<(), InvalidMatch> {
    at_most(field, text.chars().count(), glob::LONGEST, "characters")
}

fn words(
    field: &'static str,
    words: Option<&Words>,
    check: impl Fn(&str) -> Result<(), String>,
) -> Result<(), InvalidMatch> {
    let Some(words) = words else { return Ok(()) };
    at_most(field, words.iter().count(), MOST, "words")?;
    for word in words.iter() {
        is_short(field, word)?;
        check(word).or_else(|problem| refused(field, problem))?;
    }
    Ok(())
}

fn pairs<'p>(
    field: &'static str,
    pairs: impl ExactSizeIterator<Item = (&'p String, &'p Option<String>)>,
) -> Result<(), InvalidMatch> {
    at_most(field, pairs.len(), MOST, "names")?;
    for (name, value) in pairs {
        is_short(field, name)?;
        is_short(field, value.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

fn is_method(word: &str) -> Result<(), String> {
    let is_letter = |b: u8| b.is_ascii_alphabetic() || b == b'*' || b == b'-';
    if !word.is_empty() && word.bytes().all(is_letter) {
        return Ok(());
    }
    Err(format!("\"{}\" is not a method; expected one such as GET", echo::cut(word)))
}

fn is_tenant(word: &str) -> Result<(), String> {
    if word.contains('*') {
        return Ok(());
    }
    word.parse::<TenantId>().map(|_| ()).map_err(|error| error.to_string())
}

fn is_operation(word: &str) -> Result<(), String> {
    if word.contains('*') || catalogue::by_id(word).is_some() {
        return Ok(());
    }
    let near = nearest(word, OPERATIONS.iter().map(|operation| operation.id));
    Err(format!("there is no operation \"{}\"; /openapi.json lists them{near}", echo::cut(word)))
}

fn is_pointer(pointer: &str) -> Result<(), InvalidMatch> {
    is_short("body", pointer)?;
    if pointer.is_empty() || pointer.starts_with('/') {
        return Ok(());
    }
    refused(
        "body",
        format!(
            "\"{}\" is not a JSON pointer; expected \"\" for the whole body, or a path such as \"/assignments/0/quantity\"",
            echo::cut(pointer)
        ),
    )
}
