//! `ctl`: the commonest calls of the control surface for scripts, with exit codes.

use std::{
    fmt::Write as _,
    io::{Read, Write},
};

use anyhow::Context;
use axum::http::Method;
use clap::{
    Args, Subcommand,
    builder::{NonEmptyStringValueParser, PossibleValuesParser},
};
use serde_json::{Map, Value, json};
use strum::VariantNames;

use crate::{
    cli::client::{Answer, Client},
    sandbox::Kept,
    support::problem::Problem,
};

/// How to reach the server, and what to ask of it.
#[derive(Debug, Args)]
pub struct Ctl {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

/// How to reach a server's control surface.
#[derive(Debug, Args)]
pub struct Server {
    /// Where it is.
    #[arg(long, global = true, env = "R1MOCK_URL", default_value = "http://127.0.0.1:8080", value_name = "URL")]
    url: String,
    /// The sandbox; the one at the root if not given.
    #[arg(long, global = true, env = "R1MOCK_SANDBOX", value_name = "NAME",
        value_parser = NonEmptyStringValueParser::new())]
    sandbox: Option<String>,
    /// The token that the control surface asks for.
    #[arg(long, global = true, env = "R1MOCK_CONTROL_TOKEN", value_name = "TOKEN", hide_env_values = true,
        value_parser = NonEmptyStringValueParser::new())]
    control_token: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Go back to the start of the scenario, with the clock, faults and settings of the server's start.
    Reset {
        #[command(flatten)]
        keep: Keep,
    },
    /// Start anew as another scenario, with the clock, faults and settings of the server's start.
    Load {
        /// The name of a scenario of the server.
        scenario: String,
        #[command(flatten)]
        keep: Keep,
    },
    /// Show the clock, or move it.
    #[command(subcommand)]
    Clock(Clock),
    /// List the faults in force, add some, or end them.
    #[command(subcommand)]
    Fault(Fault),
    /// List what was asked, or verify it.
    #[command(subcommand)]
    Requests(Requests),
    /// Prove on the live state that all sums hold; exits with 1 if not.
    Check,
}

/// What a new start leaves as it is.
#[derive(Debug, Args)]
struct Keep {
    /// Leave these as they are; comma-separated.
    #[arg(long, value_name = "PARTS", value_delimiter = ',', value_parser = PossibleValuesParser::new(Kept::VARIANTS))]
    keep: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Clock {
    /// What it shows, and what happens next.
    Show,
    /// Put it forward; what falls due has happened when this returns.
    Advance {
        /// How far: P60D, PT1H, or 36h.
        by: String,
    },
    /// Put it forward to the next thing that happens by itself.
    Next,
    /// Set it to a moment, forward or back.
    Set {
        /// Such as 2026-01-31 or 2026-01-31T12:00:00Z.
        now: String,
    },
    /// Stop it.
    Freeze {
        /// At this moment; where it is if not given.
        at: Option<String>,
    },
    /// Let it run at real speed.
    Resume,
}

#[derive(Debug, Subcommand)]
enum Fault {
    /// The rules in force, and how often they applied.
    List,
    /// Add a rule, or a list of rules.
    Add {
        /// As JSON; `-` reads standard input.
        json: String,
    },
    /// Put a set that is ready made in force, such as flaky-5xx.
    Set {
        /// Its name; GET /_mock/faults/sets lists them.
        name: String,
        /// What it draws depends on this.
        #[arg(long, default_value_t = 0, value_name = "NUMBER")]
        seed: u64,
    },
    /// End one fault, or all.
    Clear {
        /// Its id; all if not given.
        id: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
enum Requests {
    /// What was asked, a line each.
    List(Wanted),
    /// Check how often a request was made; exits with 1 and prints the nearest miss if the count differs.
    Verify {
        #[command(flatten)]
        wanted: Wanted,
        /// Exactly so often.
        #[arg(long, value_name = "COUNT", conflicts_with_all = ["at_least", "at_most"])]
        count: Option<u64>,
        /// So often or more; once if nothing is given.
        #[arg(long, value_name = "COUNT")]
        at_least: Option<u64>,
        /// So often or less.
        #[arg(long, value_name = "COUNT")]
        at_most: Option<u64>,
    },
    /// Forget what was asked.
    Clear,
}

/// Which requests are meant: those for which all that is given holds.
#[derive(Debug, Args)]
struct Wanted {
    /// Only requests with this method, such as POST
    #[arg(long)]
    method: Option<String>,
    /// The path: * is anything within a segment, ** any number of segments.
    #[arg(long)]
    path: Option<String>,
    /// Only requests that were answered for this tenant
    #[arg(long)]
    tenant: Option<String>,
    /// The API client.
    #[arg(long)]
    client: Option<String>,
    /// Only requests to this operation, by its operationId, such as getBanners_1
    #[arg(long, value_name = "ID")]
    operation_id: Option<String>,
    /// The status, such as 404 or 4xx.
    #[arg(long)]
    status: Option<String>,
}

impl Wanted {
    /// What is given, by the names that the control surface knows it by.
    fn given(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let Self { method, path, tenant, client, operation_id, status } = self;
        let all = [
            ("method", method),
            ("path", path),
            ("tenant", tenant),
            ("client", client),
            ("operationId", operation_id),
            ("status", status),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}

/// A request to the control surface, and how to print what it answers.
struct Call {
    method: Method,
    path: String,
    body: Option<Value>,
    print: fn(&Value) -> String,
}

impl Call {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: None, print: lines }
    }

    fn with(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    fn printing(self, print: fn(&Value) -> String) -> Self {
        Self { print, ..self }
    }
}

impl Ctl {
    /// Makes the call. False if the server refuses or a check fails; an error if there is no answer.
    pub fn run(self) -> anyhow::Result<bool> {
        let Self { server: Server { url, sandbox, control_token }, command } = self;
        let prefix = sandbox.map_or_else(String::new, |name| format!("/sandboxes/{}", escaped(&name)));
        let client = Client { url: format!("{}{prefix}", url.trim_end_matches('/')), token: control_token };
        let Call { method, path, body, print } = call(command)?;
        let body = body.map(|body| body.to_string());
        let Answer { status, body } = client.call(method, &path, body)?;
        let stranger = || format!("{} answers with {status}, and not as a control surface does", client.url);
        if !(200..300).contains(&status) {
            let problem: Problem = serde_json::from_str(&body).with_context(stranger)?;
            let _ = writeln!(std::io::stderr(), "{}", refusal(problem));
            return Ok(false);
        }
        let answer = if body.is_empty() { Value::Null } else { serde_json::from_str(&body).with_context(stranger)? };
        let text = print(&answer);
        if !text.is_empty() {
            writeln!(std::io::stdout().lock(), "{text}")?;
        }
        Ok(answer["ok"] != false)
    }
}

fn call(command: Command) -> anyhow::Result<Call> {
    Ok(match command {
        Command::Reset { keep } => Call::new(Method::POST, "/_mock/reset").with(json!({ "keep": keep.keep })),
        Command::Load { scenario, keep } => {
            let path = format!("/_mock/scenarios/{}/load", escaped(&scenario));
            Call::new(Method::POST, path).with(json!({ "keep": keep.keep }))
        }
        Command::Check => Call::new(Method::GET, "/_mock/check").printing(checked),
        Command::Clock(clock) => clock_call(clock).printing(clock_lines),
        Command::Fault(fault) => fault_call(fault)?,
        Command::Requests(requests) => requests_call(&requests),
    })
}

fn clock_call(clock: Clock) -> Call {
    match clock {
        Clock::Show => Call::new(Method::GET, "/_mock/clock"),
        Clock::Advance { by } => Call::new(Method::POST, "/_mock/clock/advance").with(json!({ "by": by })),
        Clock::Next => Call::new(Method::POST, "/_mock/clock/next"),
        Clock::Set { now } => Call::new(Method::PUT, "/_mock/clock").with(json!({ "now": now })),
        Clock::Freeze { at: Some(at) } => Call::new(Method::POST, "/_mock/clock/freeze").with(json!({ "at": at })),
        Clock::Freeze { at: None } => Call::new(Method::POST, "/_mock/clock/freeze"),
        Clock::Resume => Call::new(Method::POST, "/_mock/clock/resume"),
    }
}

fn fault_call(fault: Fault) -> anyhow::Result<Call> {
    Ok(match fault {
        Fault::List => Call::new(Method::GET, "/_mock/faults"),
        Fault::Add { json } => {
            let mut text = json;
            if text == "-" {
                text.clear();
                std::io::stdin().read_to_string(&mut text)?;
            }
            let rules = serde_json::from_str(&text).map_err(|error| anyhow::anyhow!("the rule is no JSON: {error}"))?;
            Call::new(Method::POST, "/_mock/faults").with(rules)
        }
        Fault::Set { name, seed } => {
            Call::new(Method::POST, format!("/_mock/faults/sets/{}", escaped(&name))).with(json!({ "seed": seed }))
        }
        Fault::Clear { id: Some(id) } => Call::new(Method::DELETE, format!("/_mock/faults/{}", escaped(&id))),
        Fault::Clear { id: None } => Call::new(Method::DELETE, "/_mock/faults"),
    })
}

fn requests_call(requests: &Requests) -> Call {
    match requests {
        Requests::List(wanted) => {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(wanted.given()).append_pair("limit", &usize::MAX.to_string());
            Call::new(Method::GET, format!("/_mock/requests?{}", query.finish())).printing(request_lines)
        }
        Requests::Verify { wanted, count, at_least, at_most } => {
            let wanted: Map<_, _> = wanted.given().map(|(name, value)| (name.to_owned(), value.into())).collect();
            let bounds = [("exactly", count), ("atLeast", at_least), ("atMost", at_most)];
            let bounds = bounds.into_iter().filter_map(|(name, bound)| Some((name.to_owned(), Value::from((*bound)?))));
            let bounds: Map<_, _> = bounds.collect();
            let body = json!({ "match": wanted, "count": bounds });
            Call::new(Method::POST, "/_mock/requests/verify")
                .with(body)
                .printing(|verdict| word(&verdict["explanation"]))
        }
        Requests::Clear => Call::new(Method::DELETE, "/_mock/requests"),
    }
}

/// A part of a path.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().fold(String::new(), |mut path, byte| {
        if plain(byte) {
            path.push(char::from(byte));
        } else {
            let _ = write!(path, "%{byte:02X}");
        }
        path
    })
}

/// Why the server says no.
fn refusal(Problem { detail, findings, .. }: Problem) -> String {
    findings.iter().fold(detail, |text, finding| format!("{text}\n  {finding}"))
}

/// Rows as JSON, a line each; nothing for nothing.
fn lines(answer: &Value) -> String {
    match answer {
        Value::Null => String::new(),
        Value::Array(rows) => rows.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn clock_lines(clock: &Value) -> String {
    let state = if clock["frozen"] == true { " (frozen)".to_owned() } else { String::new() };
    let mut text = format!("{}{state}", word(&clock["now"]));
    for moment in clock["happened"].as_array().into_iter().flatten() {
        let _ = write!(text, "\nhappened {}", moment_line(moment));
    }
    if clock["next"].is_object() {
        let _ = write!(text, "\nnext     {}", moment_line(&clock["next"]));
    }
    text
}

fn moment_line(moment: &Value) -> String {
    let what: Vec<String> = moment["what"].as_array().into_iter().flatten().map(word).collect();
    format!("{} {}", word(&moment["at"]), what.join("; "))
}

fn request_lines(page: &Value) -> String {
    let rows = page["requests"].as_array().into_iter().flatten();
    let line = |row: &Value| {
        let query = row["query"].as_str().map_or_else(String::new, |query| format!("?{query}"));
        format!("{} {} {} {}{query}", row["seq"], row["status"], word(&row["method"]), word(&row["path"]))
    };
    rows.map(line).collect::<Vec<_>>().join("\n")
}

fn checked(answer: &Value) -> String {
    let mut text = format!("{} statements hold", answer["statements"]);
    let violations: Vec<String> = answer["violations"].as_array().into_iter().flatten().map(word).collect();
    if !violations.is_empty() {
        text = format!("of {} statements these do not hold:\n  {}", answer["statements"], violations.join("\n  "));
    }
    text
}
