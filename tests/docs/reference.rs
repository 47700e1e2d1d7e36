//! What the documents say about flags, operations and evidence comes from the code. `DOCS=write cargo test docs` writes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
};

use clap::CommandFactory;
use r1_entitlements_mock::{
    catalogue::{Audience, Effect, OPERATIONS, Operation},
    cli::config::Cli,
    control,
};
use serde_json::Value;

use super::{pages, path};

fn read(file: &str) -> String {
    fs::read_to_string(path(file)).unwrap_or_default()
}

/// The file is as the code says it should be; or it is written, if that is asked for.
#[track_caller]
pub(super) fn check(file: &str, expected: &str) {
    if std::env::var_os("DOCS").is_some() {
        fs::create_dir_all(path(file).parent().unwrap()).unwrap();
        fs::write(path(file), expected).unwrap();
    }
    assert!(read(file) == expected, "{file} is out of date; run: DOCS=write cargo test docs");
}

/// The same for the part of a file between `<!-- name: ...` and `<!-- /name -->`.
#[track_caller]
fn check_part(file: &str, name: &str, expected: &str) {
    let text = read(file);
    let start = text.find(&format!("<!-- {name}:")).unwrap_or_else(|| panic!("{file} has no part {name}"));
    let start = start + text[start..].find('\n').unwrap() + 1;
    let end = start + text[start..].find(&format!("<!-- /{name} -->")).unwrap();
    // The marker may stand in a quotation.
    let end = text[..end].rfind('\n').unwrap() + 1;
    check(file, &format!("{}{expected}{}", &text[..start], &text[end..]));
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn arguments(out: &mut String, command: &clap::Command) {
    let shown =
        |argument: &&clap::Arg| !argument.is_hide_set() && !["help", "version"].contains(&argument.get_id().as_str());
    let arguments: Vec<&clap::Arg> = command.get_arguments().filter(shown).collect();
    if arguments.is_empty() {
        return;
    }
    out.push_str("\n| argument | environment | default | |\n|---|---|---|---|\n");
    for argument in arguments {
        let values: Vec<String> =
            argument.get_value_names().unwrap_or_default().iter().map(|name| format!("<{name}>")).collect();
        let takes_value = argument.get_action().takes_values();
        let name = match argument.get_long() {
            Some(long) if takes_value => format!("--{long} {}", values.join(" ")),
            Some(long) => format!("--{long}"),
            None => values.join(" "),
        };
        let code = |text: String| if text.is_empty() { text } else { format!("`{}`", cell(&text)) };
        let environment = argument.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let defaults: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        let default = if takes_value { defaults.join(", ") } else { String::new() };
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(out, "| {} | {} | {} | {} |", code(name), code(environment), code(default), cell(&help));
    }
}

fn command(out: &mut String, command_: &clap::Command, path: &str, depth: usize) {
    let heading = "#".repeat(depth);
    let about = command_.get_about().map(ToString::to_string).unwrap_or_default();
    let _ = writeln!(out, "\n{heading} `{path}`\n\n{about}");
    arguments(out, command_);
    for sub in command_.get_subcommands().filter(|sub| sub.get_name() != "help") {
        command(out, sub, &format!("{path} {}", sub.get_name()), depth + 1);
    }
}

#[test]
fn the_command_line_reference_is_that_of_the_binary() {
    let cli = Cli::command();
    let mut out = String::from(
        "# Command line\n\nWithout a command, `r1-entitlements-mock` serves. A flag takes precedence over its environment \
         variable, and that over the default.\nAn empty variable counts as not set; an unknown one that begins with `R1MOCK_` is an error.\nDurations are ISO 8601 (`PT2S`) or a number with a unit (`2s`, `500ms`).\n",
    );
    for sub in cli.get_subcommands().filter(|sub| sub.get_name() != "help") {
        command(&mut out, sub, &format!("r1-entitlements-mock {}", sub.get_name()), 2);
    }
    check("docs/reference/cli.md", &out);
}

fn row(operation: &Operation) -> String {
    let effect = match operation.effect {
        Effect::Read => "reads",
        Effect::Write => "writes",
        Effect::Refresh(_) => "starts a refresh",
        Effect::ReadOrRefresh(_) => "reads; `refresh=true` starts a refresh",
        Effect::Token => "issues a token",
    };
    let audience = match operation.audience {
        Audience::Clients => "API clients",
        Audience::Tenants => "all tenants",
        Audience::Licensed => "tenants with an entitlement ID",
        Audience::Msps => "MSPs",
    };
    format!("| {} | {} | `{}` | {audience} | {effect} |", operation.method, operation.path, operation.id)
}

#[test]
fn the_operations_reference_is_the_catalogue() {
    let mut out = String::from(
        "# Operations\n\nThe table comes from the catalogue, as do routing, OPTIONS and the OpenAPI document at `/openapi.json`, which has \
         the schemas.\nHEAD answers like GET, without a body, and never starts a refresh.\n",
    );
    for (title, deprecated) in [("Deprecated", true), ("Others", false)] {
        let _ = writeln!(out, "\n## {title}\n\n| method | path | operationId | for | effect |\n|---|---|---|---|---|");
        for operation in OPERATIONS.iter().filter(|operation| operation.is_deprecated() == deprecated) {
            let _ = writeln!(out, "{}", row(operation));
        }
    }
    check("docs/reference/operations.md", &out);
}

#[test]
fn the_readme_and_the_migration_guide_name_the_deprecated_operations_and_their_successors() {
    let mut out = String::from("| method | path | operationId | successors |\n|---|---|---|---|\n");
    let migration = read("docs/MIGRATION.md");
    for operation in OPERATIONS.iter().filter(|operation| operation.is_deprecated()) {
        let successors: Vec<String> = operation.successors.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            out,
            "| {} | {} | `{}` | {} |",
            operation.method,
            operation.path,
            operation.id,
            successors.join("; ")
        );
        assert!(migration.contains(&operation.to_string()), "docs/MIGRATION.md does not name {operation}");
        for successor in operation.successors {
            assert!(migration.contains(successor.path), "docs/MIGRATION.md does not name {successor}");
        }
    }
    check_part("README.md", "deprecated", &out);
}

#[test]
fn the_control_reference_is_the_control_document() {
    let document = control::document();
    let mut groups: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let tags: Vec<&Value> = document["tags"].as_array().unwrap().iter().collect();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let tag = &operation["tags"][0];
            let group = tags.iter().position(|own| own["name"] == *tag).unwrap_or(tags.len());
            let summary = operation["summary"].as_str().unwrap_or_default();
            let row = format!("| {} | {} | {} |", method.to_uppercase(), cell(path), cell(summary));
            groups.entry(group).or_default().push(row);
        }
    }
    let mut out = String::from(
        "# Control API\n\nUnder `/_mock`, apart from the vendor's paths. Bodies are JSON, and unknown members are refused; errors are \
         problem details (RFC 9457).\nEverything concerns the sandbox that the request selects. `/_mock/openapi.json` has the schemas; \
         [the cookbook](../COOKBOOK.md) has transcripts.\n",
    );
    for (group, rows) in groups {
        let tag = tags.get(group).map_or(&Value::Null, |tag| tag);
        let (name, words) = (tag["name"].as_str().unwrap_or("More"), tag["description"].as_str().unwrap_or_default());
        let _ = writeln!(out, "\n## {name}\n\n{words}\n\n| method | path | |\n|---|---|---|\n{}", rows.join("\n"));
    }
    check("docs/reference/control.md", &out);
}

#[test]
fn the_readme_counts_the_evidence_of_the_rules() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in read("docs/FIDELITY.md").lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        // The strongest mark of a row counts.
        let marks = cells.iter().rev().find_map(|cell| {
            let words: Vec<&str> = cell.split([' ', ',', '(']).filter(|word| !word.is_empty()).collect();
            let first = words.first()?;
            ["D", "P", "O", "I", "C"].contains(first).then_some(words)
        });
        let Some(marks) = marks else { continue };
        let strongest = ["D", "P", "O", "I", "C"].into_iter().find(|mark| marks.contains(mark)).unwrap();
        *counts.entry(strongest).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    assert!(all > 200, "only {all} rows of docs/FIDELITY.md have a mark");
    let count = |mark| counts.get(mark).copied().unwrap_or_default();
    let expected = format!(
        "> Of {all} rules, {} are documented by the published reference, {} published elsewhere by the vendor, {} observed in clients and \
         their\n> recorded data, {} inferred, and {} chosen because nothing is known.\n",
        count("D"),
        count("P"),
        count("O"),
        count("I"),
        count("C")
    );
    check_part("README.md", "evidence", &expected);
}

/// The fragment by which a heading is reached, as GitHub forms it.
fn fragment(heading: &str) -> String {
    let kept = |letter: char| letter.is_alphanumeric() || "-_ ".contains(letter);
    heading.to_lowercase().chars().filter(|&letter| kept(letter)).collect::<String>().replace(' ', "-")
}

#[test]
fn every_link_between_the_documents_leads_somewhere() {
    for document in pages() {
        let text = read(&document);
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split(')').next().unwrap_or_default();
            let (file, part) = target.split_once('#').unwrap_or((target, ""));
            if file.contains("://") {
                continue;
            }
            let found = if file.is_empty() { path(&document) } else { path(&document).parent().unwrap().join(file) };
            assert!(found.exists(), "{document} links to {target}, which is not there");
            // The parts of sources are tests, which `tidy::evidence` looks up.
            if !part.is_empty() && found.extension().is_some_and(|extension| extension == "md") {
                let text = fs::read_to_string(found).unwrap();
                let headings = text.lines().filter(|line| line.starts_with('#'));
                let has_part =
                    headings.map(|line| fragment(line.trim_start_matches('#').trim())).any(|own| own == part);
                assert!(has_part, "{document} links to {target}, which has no such heading");
            }
        }
    }
}

#[test]
fn the_files_that_the_guides_show_are_those_of_the_examples() {
    for (page, language, file) in [
        ("docs/guides/containers.md", "yaml", "examples/compose.yaml"),
        ("docs/guides/kubernetes.md", "yaml", "examples/kubernetes/r1-entitlements-mock.yaml"),
    ] {
        assert!(read(page).contains(&format!("\n```{language}\n{}```\n", read(file))), "{page} does not show {file}");
    }
}

fn flags(command: &clap::Command, known: &mut BTreeSet<String>) {
    known.extend(command.get_arguments().filter_map(clap::Arg::get_long).map(ToOwned::to_owned));
    command.get_subcommands().for_each(|sub| flags(sub, known));
}

#[test]
fn every_flag_that_the_documents_name_exists() {
    let mut known = BTreeSet::from(["help".to_owned(), "version".into()]);
    flags(&Cli::command(), &mut known);
    // Of cargo and the scripts of this repository.
    known.extend(["locked", "no-container", "profile", "record"].map(ToOwned::to_owned));
    for document in pages() {
        for (at, _) in read(&document).match_indices("`--") {
            let text = read(&document)[at + 3..].to_owned();
            let flag: String =
                text.chars().take_while(|&letter| letter.is_ascii_lowercase() || letter == '-').collect();
            assert!(known.contains(&flag), "{document} names --{flag}, which does not exist");
        }
    }
}

#[test]
fn the_readme_has_one_page() {
    let words = read("README.md").split_whitespace().count();
    assert!(words <= 1_500, "README.md has {words} words");
}
