//! `assize repl`: evaluates expressions in the scope of a package, line by line.
//!
//! On a terminal with a prompt, history and completion; in a pipe one result per line and nothing
//! else on stdout.

mod editor;
mod input;
mod names;
mod picked;
mod session;
mod show;

use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::Path;

use serde_json::{Value, json};

use crate::args::Repl;
use crate::console::{Console, Style};
use crate::fault::{Exit, Fault, Stop};
use crate::load::files::shown;
use crate::render::finding::Finding;
use crate::render::human::{Renderer, counted};
use crate::render::json::finding as finding_json;
use editor::{Lines, Typed};
use input::Input;
use names::{names, words};
use session::{Answer, Ask, Session, Trouble};

/// Longest input, in bytes.
pub const MAX_INPUT_BYTES: usize = 1024 * 1024;

/// The commands and what they do.
pub(crate) const COMMANDS: &[(&str, &str)] = &[
    ("help", "what can be typed"),
    (
        "type",
        "EXPR: the type of an expression, which is not evaluated",
    ),
    ("explain", "EXPR: what decided"),
    (
        "load",
        "PATH: another package; names that were given are forgotten",
    ),
    ("data", "DIR: reference data: snapshot.json and its files"),
    (
        "names",
        "[TEXT]: the names in sight, or those that have the text in them",
    ),
    ("quit", "the end"),
];

/// What comes after an input.
enum Next {
    More,
    Bad,
    End,
}

/// Reads inputs and answers each.
pub fn run(arguments: &Repl, console: &mut Console) -> Result<Exit, Stop> {
    let mut session = Session::new(arguments.package.as_deref())?;
    if let Some(package) = &arguments.package
        && let Some(note) = broken(&session, package)
    {
        console.note(&note)?;
    }
    if let Some(data) = &arguments.data {
        session.set_data(data)?;
    }
    if io::stdin().is_terminal() {
        typed(&mut session, arguments.history.as_deref(), console)
    } else {
        piped(&mut session, console)
    }
}

/// What is said of a package with errors: it opens, since most of it can be asked all the same.
fn broken(session: &Session, package: &Path) -> Option<String> {
    let errors = session.errors();
    let place = shown(package);
    (errors > 0).then(|| {
        let count = counted(errors, "error");
        format!("{place} has {count}: not all of it has a value; `assize check {place}` tells more")
    })
}

fn typed(
    session: &mut Session,
    history: Option<&Path>,
    console: &mut Console,
) -> Result<Exit, Stop> {
    let mut lines = Lines::new(history)?;
    console.say("Type an expression; :help tells what else.")?;
    loop {
        match lines.next(words(session))? {
            Typed::End => break,
            Typed::Dropped => {}
            Typed::Text(text) => {
                if matches!(answer(session, &text, console)?, Next::End) {
                    break;
                }
                console.flush()?;
            }
        }
    }
    if let Some(path) = history {
        lines.keep(path)?;
    }
    Ok(Exit::Success)
}

fn piped(session: &mut Session, console: &mut Console) -> Result<Exit, Stop> {
    let mut exit = Exit::Success;
    let mut begun = String::new();
    let mut lines = io::stdin().lock().lines();
    loop {
        let line = match lines.next() {
            None => None,
            Some(Ok(line)) => Some(line),
            Some(Err(error)) => return Err(Fault::read(Path::new("standard input"), &error).into()),
        };
        let ended = line.is_none();
        if let Some(line) = line {
            if !begun.is_empty() && input::begins_anew(&begun, &line) {
                match answer(session, &std::mem::take(&mut begun), console)? {
                    Next::More => {}
                    Next::Bad => exit = Exit::Findings,
                    Next::End => return Ok(exit),
                }
            }
            if !begun.is_empty() {
                begun.push('\n');
            }
            begun.push_str(line.trim_end());
            if begun.len() > MAX_INPUT_BYTES {
                let message = format!("an input is longer than {MAX_INPUT_BYTES} bytes");
                return Err(Fault::new(message).help("close its brackets").into());
            }
            // An empty line ends an input, whatever it lacks.
            if input::goes_on(&begun) && !line.trim().is_empty() {
                continue;
            }
        }
        let text = std::mem::take(&mut begun);
        match answer(session, &text, console)? {
            Next::More => {}
            Next::Bad => exit = Exit::Findings,
            Next::End => return Ok(exit),
        }
        if ended {
            return Ok(exit);
        }
    }
}

fn answer(session: &mut Session, text: &str, console: &mut Console) -> Result<Next, Stop> {
    let outcome = match input::read(text) {
        Input::Nothing => return Ok(Next::More),
        Input::Command("quit", _) => return Ok(Next::End),
        Input::Command(word, rest) => command(session, word, rest, text, console),
        Input::Name(name, start) => session.give(name, text, start).map(Some),
        Input::Declaration(word) => {
            let fault = Fault::new(format!("a declaration (`{word} …`) cannot be typed here"));
            let help = "write it in a rule file and open that with :load; `let x = …` gives a name";
            Err(Trouble::Fault(fault.help(help)))
        }
        Input::Expression => session.evaluate(text, 0, Ask::Value).map(Some),
    };
    match outcome {
        Ok(answer) => {
            if let Some(answer) = answer {
                tell(&answer, console)?;
            }
            Ok(Next::More)
        }
        Err(trouble) => {
            complain(&trouble, console)?;
            Ok(Next::Bad)
        }
    }
}

fn command(
    session: &mut Session,
    word: &str,
    rest: &str,
    text: &str,
    console: &mut Console,
) -> Result<Option<Answer>, Trouble> {
    // Where the expression begins in what was typed.
    let start = text.len() - text.trim_end().len();
    let start = text.len() - start - rest.len();
    let said = match word {
        "type" if !rest.is_empty() => return session.evaluate(text, start, Ask::Type).map(Some),
        "explain" if !rest.is_empty() => {
            return session.evaluate(text, start, Ask::Explanation).map(Some);
        }
        "load" if !rest.is_empty() => {
            let path = Path::new(rest);
            let files = session.load(path)?;
            let mut said = vec![format!("{}: {}", shown(path), counted(files, "rule file"))];
            said.extend(broken(session, path));
            said
        }
        "data" if !rest.is_empty() => {
            session.set_data(Path::new(rest))?;
            vec![format!("data from {}", shown(Path::new(rest)))]
        }
        "type" | "explain" | "load" | "data" => {
            let about = COMMANDS
                .iter()
                .find(|(name, _)| *name == word)
                .map(|(_, about)| *about);
            let what = about
                .and_then(|about| about.split(':').next())
                .unwrap_or_default();
            return Err(Fault::new(format!(":{word} lacks {what}")).into());
        }
        "names" => names(session)
            .into_iter()
            .map(|named| named.about)
            .filter(|about| about.contains(rest))
            .collect(),
        "help" => help(),
        _ => {
            let all: Vec<String> = COMMANDS
                .iter()
                .map(|(name, _)| format!(":{name}"))
                .collect();
            let fault = Fault::new(format!("there is no command `:{word}`"));
            return Err(fault.help(format!("there are {}", all.join(", "))).into());
        }
    };
    // These are results of the command; a pipe that was closed is noticed with the next line.
    for line in said {
        let line = if console.is_human() {
            line
        } else {
            json!({ "told": line }).to_string()
        };
        if console.line(&line).is_err() {
            break;
        }
    }
    Ok(None)
}

fn help() -> Vec<String> {
    let mut out = vec![
        "  EXPR           its value and type".to_owned(),
        "  let x = EXPR   gives a name".to_owned(),
    ];
    for (name, about) in COMMANDS {
        let (what, about) = about.split_once(": ").unwrap_or(("", about));
        out.push(format!("  {:14} {about}", format!(":{name} {what}")));
    }
    out.push("An input goes on while a bracket is open or its last word asks for more.".to_owned());
    out
}

fn tell(answer: &Answer, console: &mut Console) -> Result<(), Stop> {
    if !console.is_human() {
        let mut object = json!({ "type": answer.ty });
        if let Some(members) = object.as_object_mut() {
            if !answer.value.is_empty() {
                members.insert("value".to_owned(), json!(answer.value));
            }
            if !answer.explanation.is_empty() {
                members.insert("explanation".to_owned(), json!(answer.explanation));
            }
            if !answer.warnings.is_empty() {
                members.insert("diagnostics".to_owned(), diagnostics(&answer.warnings));
            }
        }
        return console.line(&object.to_string());
    }
    draw(&answer.warnings, console)?;
    for line in &answer.explanation {
        console.line(line)?;
    }
    if answer.value.is_empty() {
        return console.line(&answer.ty);
    }
    if answer.explanation.is_empty() {
        let ty = console.out.paint(Style::Dim, &format!(": {}", answer.ty));
        let beside = match answer.beside.as_str() {
            "" => String::new(),
            // As a comment: the line can be typed as it stands.
            beside => console.out.paint(Style::Dim, &format!(" // {beside}")),
        };
        console.line(&format!("{} {ty}{beside}", answer.value))?;
    }
    Ok(())
}

fn complain(trouble: &Trouble, console: &mut Console) -> Result<(), Stop> {
    match trouble {
        Trouble::Findings(found) if console.is_human() => draw(found, console),
        Trouble::Findings(found) => {
            let error =
                json!({"error": {"code": "input_has_errors", "diagnostics": diagnostics(found)}});
            console.line(&error.to_string())
        }
        Trouble::Fault(fault) => {
            console.fault(fault);
            Ok(())
        }
        Trouble::Failed(words, explanation) if console.is_human() => {
            let label = console.err.paint(Style::Red, "error:");
            console.say(&format!("{label} {words}"))?;
            explanation.iter().try_for_each(|line| console.say(line))
        }
        Trouble::Failed(words, explanation) => {
            let mut told = json!({"error": {"code": "failed", "message": words}});
            if let (Some(members), false) = (told.as_object_mut(), explanation.is_empty()) {
                members.insert("explanation".to_owned(), json!(explanation));
            }
            console.line(&told.to_string())
        }
    }
}

fn draw(found: &[Finding], console: &mut Console) -> Result<(), Stop> {
    let renderer = Renderer::for_stderr(console);
    for finding in found {
        console.say(renderer.render(finding).trim_end_matches('\n'))?;
    }
    Ok(())
}

fn diagnostics(found: &[Finding]) -> Value {
    Value::Array(found.iter().map(finding_json).collect())
}
