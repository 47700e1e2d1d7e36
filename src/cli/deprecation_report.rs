//! The calls of deprecated operations as text, `JUnit` XML and Markdown.

use std::{collections::BTreeMap, fmt::Write};

use crate::{
    catalogue,
    sandbox::{
        deprecation_totals::{SandboxCalls, Totals},
        deprecations::{UserAgent, plural},
    },
};

/// An operation and its callers: sandbox, user agent and number of calls.
struct Called {
    operation: String,
    id: String,
    successors: String,
    calls: u64,
    by: Vec<(String, String, u64)>,
}

/// The operations that were called, in the order of the catalogue.
fn called(totals: &Totals) -> Vec<Called> {
    let mut of: BTreeMap<&str, Called> = BTreeMap::new();
    for SandboxCalls { sandbox, operations, calls: _ } in &totals.sandboxes {
        for usage in operations {
            let entry = of.entry(&usage.operation_id).or_insert_with(|| Called {
                operation: usage.operation.clone(),
                id: usage.operation_id.clone(),
                successors: usage.successors.join(", "),
                calls: 0,
                by: Vec::new(),
            });
            entry.calls += usage.calls;
            let by = |UserAgent { user_agent, count }: &UserAgent| (sandbox.clone(), user_agent.clone(), count.calls);
            entry.by.extend(usage.user_agents.iter().map(by));
        }
    }
    catalogue::deprecated().filter_map(|operation| of.remove(operation.id)).collect()
}

fn place(sandbox: &str) -> String {
    if sandbox.is_empty() { "at the root".into() } else { format!("in sandbox {sandbox}") }
}

/// For people, such as in the log of a test run.
pub fn text(totals: &Totals) -> String {
    let called = called(totals);
    if called.is_empty() {
        return "No deprecated operation was called.\n".into();
    }
    let (calls, operations) = (plural(totals.calls, "call"), plural(called.len() as u64, "deprecated operation"));
    let mut out = format!("{calls} of {operations}, announced to be removed from {} on:\n", totals.sunset.date_naive());
    for Called { operation, id, successors, calls, by } in called {
        let _ = writeln!(out, "\n{operation} ({id}): {}\n  use instead: {successors}", plural(calls, "call"));
        for (sandbox, user_agent, calls) in by {
            let _ = writeln!(out, "  by {} {}: {calls}", user_agent, place(&sandbox));
        }
    }
    out
}

/// A test for each deprecated operation, which fails if the operation was called.
pub fn junit(totals: &Totals) -> String {
    let called = called(totals);
    let all = catalogue::deprecated().count();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"deprecated operations\" tests=\"{all}\" \
         failures=\"{}\" errors=\"0\" skipped=\"0\">\n",
        called.len()
    );
    for operation in catalogue::deprecated() {
        let name = escaped(&operation.to_string());
        let _ = write!(out, "<testcase classname=\"deprecations\" name=\"{name}\"");
        let Some(Called { successors, calls, by, .. }) = called.iter().find(|called| called.id == operation.id) else {
            out.push_str("/>\n");
            continue;
        };
        let callers: Vec<_> = by
            .iter()
            .map(|(sandbox, user_agent, calls)| format!("{} {}: {calls}", user_agent, place(sandbox)))
            .collect();
        let message = escaped(&format!("{}; use {successors} instead", plural(*calls, "call")));
        let callers = escaped(&callers.join("\n"));
        let _ = writeln!(out, "><failure message=\"{message}\">{callers}</failure></testcase>");
    }
    out.push_str("</testsuite>\n</testsuites>\n");
    out
}

/// Text within XML. Characters that XML 1.0 does not have are replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push('\n'),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A table with a row for each operation, sandbox and caller.
pub fn markdown(totals: &Totals) -> String {
    let called = called(totals);
    if called.is_empty() {
        return "No deprecated operation was called.\n".into();
    }
    let mut out = String::from("| operation | calls | sandbox | caller | use instead |\n|---|---:|---|---|---|\n");
    for Called { operation, successors, by, .. } in called {
        for (sandbox, user_agent, calls) in by {
            let cells = [cell(&operation), calls.to_string(), cell(&sandbox), cell(&user_agent), cell(&successors)];
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        }
    }
    out
}

/// Text within a cell of a table, as it is.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_callers_cannot_break_out_of_xml_or_of_a_table() {
        assert_eq!(escaped("a<b>&\"c\"\u{1b}\n"), "a&lt;b&gt;&amp;&quot;c&quot;\u{fffd}\n");
        assert_eq!(cell("a|b\n<i>`c`"), "a\\|b \\<i\\>\\`c\\`");
    }
}
