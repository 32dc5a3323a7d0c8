//! The engine while rules and data are put in: every answer is of one version, none is lost, and machine code is
//! given back.
//!
//! `ASSIZE_RELOADS` asks for more reloads than a run of all tests has time for, `ASSIZE_CYCLES` for more machine code
//! that is made and dropped; what was seen is printed.

#![expect(
    clippy::expect_used,
    reason = "a test without its rules or threads fails"
)]

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use assize_compiler::{Database, PackageInput};
use assize_eval::Value;
use assize_eval::digest::Digest;
use assize_eval::json::{Json, parse_strict};
use assize_ir::{Verified, bundle};
use assize_runtime::typed::Record;
use assize_runtime::{Engine, Files, LoadError, Loaded, Options, Rules, Snapshot, SnapshotLimits};

/// Compiling takes a large stack.
const STACK: usize = 64 << 20;
/// Threads that decide.
const WORKERS: usize = 3;
/// Decisions that each of them makes at least.
const LEAST: usize = 200;
/// Rows of the data, each with the version of all.
const ROWS: i64 = 50;

/// One test at a time: one of them looks at the mappings of the whole process.
static ALONE: Mutex<()> = Mutex::new(());

fn on_large_stack(work: impl FnOnce() + Send + 'static) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work);
    if let Err(panic) = thread.expect("a thread").join() {
        std::panic::resume_unwind(panic);
    }
}

/// What comes of work on a large stack.
fn on_large_stack_with<T: Send>(to: &mut Option<T>, work: impl FnOnce() -> T + Send) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let thread = thread.spawn_scoped(scope, || *to = Some(work()));
        thread.expect("a thread").join().expect("no panic");
    });
}

fn asked_for(name: &str, usual: usize) -> usize {
    let number = std::env::var(name).ok();
    number.map_or(usual, |it| it.parse().expect("a whole number"))
}

/// Rules that know their version, and add up that of all rows.
fn program(version: i64) -> Verified {
    let text = format!(
        "module versions

data Row
    key place : int
    version : int
    rows at most {ROWS}

decision version (more: int) gives int
    1_000_000 * {version} + (sum of r.version for r in Row where r.place >= 0) + more
"
    );
    let db = Database::default();
    let package = PackageInput::alone(&db, "versions", [("versions.assize", text.as_str())]);
    let linked = assize_compiler::program(&db, package).expect("rules without faults");
    assize_ir::verify_owned(linked.program).expect("a program")
}

type Memory = BTreeMap<String, Vec<u8>>;

const MANIFEST: &str =
    r#"{"as_of": "2026-11-20T06:00:00Z", "relations": {"versions.Row": {"file": "rows.csv"}}}"#;

fn data(version: i64) -> Memory {
    let mut rows = "place,version\n".to_owned();
    for place in 0..ROWS {
        rows.push_str(&format!("{place},{version}\n"));
    }
    let file = |name: &str, text: String| (name.to_owned(), text.into_bytes());
    BTreeMap::from([
        file("snapshot.json", MANIFEST.to_owned()),
        file("rows.csv", rows),
    ])
}

/// What a decision of one version gives.
const fn whole(version: i64, more: i64) -> i64 {
    version * (1_000_000 + ROWS) + more
}

/// One version of rules and data, and what its receipts say.
struct Version {
    number: i64,
    bundle: Vec<u8>,
    files: Memory,
    digests: (Digest, Digest),
}

impl Version {
    fn new(number: i64) -> Version {
        let (bundle, digest) = bundle::write(&program(number));
        let files = data(number);
        let rules = Arc::new(Rules::from_bundle(&bundle).expect("rules"));
        let loaded = Loaded::new(rules, &files, &SnapshotLimits::default()).expect("data");
        Version {
            number,
            bundle,
            files,
            digests: (digest.into(), loaded.snapshot.digest),
        }
    }

    /// Made aside, and compiled before anybody sees it.
    fn loaded(&self, files: &dyn Files) -> Result<Loaded, LoadError> {
        let rules = Arc::new(Rules::from_bundle(&self.bundle)?);
        let loaded = Loaded::new(rules, files, &SnapshotLimits::default())?.compiled();
        assert!(loaded.is_compiled());
        Ok(loaded)
    }
}

/// Files that come only after somebody has decided a few times more.
struct Slow<'f> {
    files: &'f Memory,
    decided: &'f AtomicUsize,
}

impl Files for Slow<'_> {
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let until = self.decided.load(Ordering::Relaxed) + 2 * WORKERS;
        while self.decided.load(Ordering::Relaxed) < until {
            std::thread::yield_now();
        }
        self.files.open(name)
    }
}

/// What a worker has seen.
#[derive(Default)]
struct Seen {
    asked: usize,
    /// Answers by version.
    of: BTreeMap<i64, usize>,
    wrong: Vec<String>,
    took: Vec<Duration>,
}

impl Seen {
    fn answered(&mut self, version: &Version) {
        *self.of.entry(version.number).or_default() += 1;
    }
}

#[derive(Record)]
struct More {
    more: i64,
}

/// The version of which a line with a receipt is the whole answer.
fn version_of<'v>(line: &str, more: i64, versions: &'v [Version]) -> Option<&'v Version> {
    let json = parse_strict(line.as_bytes()).ok()?;
    let receipt = json.get("receipt")?;
    let digest = |name: &str| match receipt.get(name) {
        Some(Json::Text(text)) => text.parse::<Digest>().ok(),
        _ => None,
    };
    let digests = (digest("rules")?, digest("data")?);
    versions.iter().find(|version| {
        let output = format!("{{\"output\":{},", whole(version.number, more));
        version.digests == digests && line.starts_with(&output)
    })
}

/// Decides until it is told to stop, in every way that there is.
fn decide(engine: &Engine, versions: &[Version], stop: &AtomicBool, decided: &AtomicUsize) -> Seen {
    let mut seen = Seen::default();
    let with_receipt = Options {
        receipt: true,
        ..Options::default()
    };
    while seen.asked < LEAST || !stop.load(Ordering::Relaxed) {
        let more = i64::try_from(seen.asked % 1000).expect("a small number");
        let line = format!(r#"{{"decision":"version","input":{{"more":{more}}}}}"#);
        let started = Instant::now();
        match seen.asked % 4 {
            0 => {
                let answer = engine.decide_json(line.as_bytes(), &with_receipt);
                match version_of(&answer, more, versions) {
                    Some(version) => seen.answered(version),
                    None => seen.wrong.push(answer),
                }
            }
            1 => {
                let answer = engine.decide_json(line.as_bytes(), &Options::default());
                let is =
                    |it: &&Version| answer == format!("{{\"output\":{}}}", whole(it.number, more));
                match versions.iter().find(is) {
                    Some(version) => seen.answered(version),
                    None => seen.wrong.push(answer),
                }
            }
            way => {
                // Several decisions on one value agree, whatever is put in meanwhile.
                let pinned = engine.pin();
                let digests = (pinned.rules.digest, pinned.snapshot.digest);
                let version = versions.iter().find(|it| it.digests == digests);
                let wanted = version.map(|it| whole(it.number, more));
                let given = if seen.asked % 64 == 2 {
                    // Compiled for these types; the code for it goes with the caller.
                    let typed = pinned
                        .typed::<More, i64>("version")
                        .expect("types that fit");
                    typed.caller().decide(&More { more }).ok()
                } else if way == 2 {
                    values(&pinned, more)
                } else {
                    std::thread::yield_now();
                    values(&pinned, more).filter(|first| values(&pinned, more) == Some(*first))
                };
                match version.filter(|_| wanted == given) {
                    Some(version) => seen.answered(version),
                    None => seen.wrong.push(format!("{given:?} for {wanted:?}")),
                }
            }
        }
        // The other ways compile, or wait on purpose.
        if seen.asked % 4 < 2 {
            seen.took.push(started.elapsed());
        }
        seen.asked += 1;
        decided.fetch_add(1, Ordering::Relaxed);
    }
    seen
}

fn values(loaded: &Loaded, more: i64) -> Option<i64> {
    let answer = loaded.decide("version", &[Value::Int(more)], None, &Options::default());
    match answer.ok()?.result {
        Ok(Value::Int(number)) => Some(number),
        _ => None,
    }
}

/// Bundles and data that must be refused, and change nothing.
fn refused(engine: &Engine, version: &Version, round: usize) {
    let before = engine.pin();
    let limits = SnapshotLimits::default();
    let mut files = version.files.clone();
    match round % 4 {
        0 => {
            let mut bundle = version.bundle.clone();
            let at = round * 7 % bundle.len();
            *bundle.get_mut(at).expect("a byte") ^= 0x40;
            assert!(matches!(
                Rules::from_bundle(&bundle),
                Err(LoadError::Bundle(_))
            ));
        }
        1 => {
            let cut = version.bundle.get(..version.bundle.len() / 2);
            let error = Engine::load(cut.expect("a half"), &files, &limits).expect_err("a fault");
            assert!(matches!(error, LoadError::Bundle(_)));
        }
        2 => {
            files.remove("rows.csv");
            let error = engine.reload_data(&files, &limits).expect_err("a fault");
            assert!(
                error.to_string().contains("there is no such file"),
                "{error}"
            );
        }
        _ => {
            files.insert(
                "rows.csv".to_owned(),
                b"place,version\n1,2\n1,one\n".to_vec(),
            );
            let error = engine.reload_data(&files, &limits).expect_err("a fault");
            assert!(matches!(error, LoadError::Snapshot(faults) if !faults.is_empty()));
        }
    }
    assert!(Arc::ptr_eq(&before, &engine.pin()));
}

/// The slowest of a thousand, the slowest of all, and how many there were.
fn slowest(seen: &[Seen]) -> (Duration, Duration, usize) {
    let mut took: Vec<Duration> = seen.iter().flat_map(|it| it.took.iter().copied()).collect();
    took.sort_unstable();
    let at = took.len() * 999 / 1000;
    let one = took.get(at).copied().unwrap_or_default();
    (one, took.last().copied().unwrap_or_default(), took.len())
}

/// Lets workers decide while something is done, and gives what they have seen.
fn under_load(engine: &Engine, versions: &[Version], work: impl FnOnce(&AtomicUsize)) -> Vec<Seen> {
    let (stop, decided) = (AtomicBool::new(false), AtomicUsize::new(0));
    /// Whatever happens to the work, the workers end.
    struct Stop<'s>(&'s AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    std::thread::scope(|scope| {
        let start = || scope.spawn(|| decide(engine, versions, &stop, &decided));
        let workers: Vec<_> = (0..WORKERS).map(|_| start()).collect();
        {
            let _stop = Stop(&stop);
            work(&decided);
        }
        let seen: Vec<Seen> = workers
            .into_iter()
            .map(|worker| worker.join().expect("a worker that ends"))
            .collect();
        let asked: usize = seen.iter().map(|it| it.asked).sum();
        assert_eq!(asked, decided.load(Ordering::Relaxed));
        seen
    })
}

#[test]
fn every_answer_is_of_one_version() {
    on_large_stack(|| {
        let versions = [Version::new(1), Version::new(2)];
        let [first, second] = &versions;
        let engine = Engine::new(first.loaded(&first.files).expect("the first version"));
        let reloads = asked_for("ASSIZE_RELOADS", 200);
        let idle = under_load(&engine, &versions, |decided| {
            while decided.load(Ordering::Relaxed) < reloads * 100 {
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let busy = under_load(&engine, &versions, |decided| {
            for round in 0..reloads {
                let next = if round % 2 == 0 { second } else { first };
                if round % 3 == 0 {
                    refused(&engine, next, round / 3);
                }
                let slow = Slow {
                    files: &next.files,
                    decided,
                };
                let files: &dyn Files = if round % 5 == 0 { &slow } else { &next.files };
                let old = engine.replace(next.loaded(files).expect("the next version"));
                assert_ne!(old.rules.digest, next.digests.0);
                if round % 7 == 0 {
                    engine
                        .reload_data(files, &SnapshotLimits::default())
                        .expect("the same data");
                    assert!(engine.pin().is_compiled());
                }
            }
        });
        for seen in idle.iter().chain(&busy) {
            assert!(seen.wrong.is_empty(), "{:?}", seen.wrong.first());
            assert!(seen.asked >= LEAST);
            assert_eq!(seen.of.values().sum::<usize>(), seen.asked);
        }
        let both: Vec<usize> = [1, 2]
            .map(|number| busy.iter().filter_map(|it| it.of.get(&number)).sum())
            .to_vec();
        assert!(both.iter().all(|answers| *answers > 0), "{both:?}");
        println!(
            "{reloads} reloads; p99.9, slowest, JSON answers: idle {:?}, reloading {:?}; by version {both:?}",
            slowest(&idle),
            slowest(&busy)
        );
    });
}

/// Files that let somebody else do something while they are read.
struct Interrupted {
    at: Sender<()>,
    done: Mutex<Receiver<()>>,
    files: Memory,
}

impl Files for Interrupted {
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        // Nobody listens any more when they are read again.
        if self.at.send(()).is_ok() {
            let done = self.done.lock().expect("a lock");
            done.recv().map_err(io::Error::other)?;
        }
        self.files.open(name)
    }
}

/// Data that was long in coming does not bring back the rules for which it was asked.
#[test]
fn late_data_is_read_for_the_rules_of_now() {
    on_large_stack(|| {
        let versions = [Version::new(1), Version::new(2)];
        let [first, second] = &versions;
        let engine = Engine::new(first.loaded(&first.files).expect("the first version"));
        let (at, reached) = channel();
        let (go, done) = channel();
        let late = Interrupted {
            at,
            done: Mutex::new(done),
            files: data(2),
        };
        std::thread::scope(|scope| {
            let engine = &engine;
            let reload = scope.spawn(move || engine.reload_data(&late, &SnapshotLimits::default()));
            reached.recv().expect("files that are read");
            engine.replace(second.loaded(&first.files).expect("the second version"));
            drop(reached);
            go.send(()).expect("files that wait");
            let old = reload.join().expect("a reload").expect("data");
            assert_eq!(old.rules.digest, second.digests.0);
        });
        assert_eq!(values(&engine.pin(), 0), Some(whole(2, 0)));
        assert!(engine.pin().is_compiled());
    });
}

/// Mappings of this process that hold code of nobody's file, and their bytes.
#[cfg(target_os = "linux")]
fn code() -> Option<(usize, u64)> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let (mut count, mut bytes) = (0, 0);
    for line in maps.lines() {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [addresses, rights, _, _, _] = parts.as_slice() else {
            continue;
        };
        if rights.contains('x') {
            let (start, end) = addresses.split_once('-')?;
            let [start, end] = [start, end].map(|it| u64::from_str_radix(it, 16).ok());
            count += 1;
            bytes += end?.checked_sub(start?)?;
        }
    }
    Some((count, bytes))
}

#[cfg(not(target_os = "linux"))]
fn code() -> Option<(usize, u64)> {
    None
}

/// Pages of this process.
fn pages() -> String {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ')
        .take(2)
        .collect::<Vec<_>>()
        .join(", resident ")
}

#[test]
fn machine_code_is_given_back() {
    on_large_stack(|| {
        let versions = [Version::new(1), Version::new(2)];
        let [first, second] = &versions;
        let fresh = |version: &Version| version.loaded(&version.files).expect("a version");
        let engine = Engine::new(fresh(first));
        let Some(one) = code() else {
            println!("the mappings of this process cannot be read here, so nothing is looked at");
            return;
        };
        assert!(one.1 > 0);

        // What is pinned keeps its code, and gives it back when it is let go.
        let pinned = engine.pin();
        drop(engine.replace(fresh(second)));
        let two = code().expect("mappings");
        assert!(two.1 > one.1, "{two:?} after {one:?}");
        assert_eq!(values(&pinned, 3), Some(whole(1, 3)));
        assert_eq!(values(&engine.pin(), 3), Some(whole(2, 3)));
        let decision = pinned
            .rules
            .program
            .decision("version")
            .expect("a decision");
        assert!(pinned.machine_value(decision, &[Value::Int(3)]).is_some());
        drop(pinned);
        assert_eq!(code().expect("mappings").1, one.1);

        let cycles = asked_for("ASSIZE_CYCLES", 200);
        let mut before = pages();
        for cycle in 0..cycles {
            let next = if cycle % 2 == 0 { first } else { second };
            engine.replace(fresh(next));
            assert_eq!(values(&engine.pin(), 1), Some(whole(next.number, 1)));
            assert_eq!(code().expect("mappings").1, one.1, "after {cycle} reloads");
            if cycle == cycles / 10 {
                before = pages();
            }
        }
        println!(
            "{cycles} reloads: {} bytes of code; pages {before}, then {}",
            one.1,
            pages()
        );
        drop(engine);
        assert_eq!(code(), Some((0, 0)));
    });
}

/// Where a host gives no machine code, the interpreter decides, and everybody can see why.
#[test]
fn a_host_without_machine_code_says_why() {
    on_large_stack(|| {
        let rules = || Rules::from_program(program(1));
        let made = rules();
        assert!(made.no_machine_code().is_none() && made.machine().is_some());
        let rules = rules().without_machine_code("memory may not be run");
        let limits = SnapshotLimits::default();
        let loaded = Loaded::new(Arc::new(rules), &data(1), &limits).expect("data");
        let engine = Engine::new(loaded.compiled());
        for reload in 0..2 {
            let pinned = engine.pin();
            assert!(!pinned.is_compiled() && pinned.rules.machine().is_none());
            let why = pinned.rules.no_machine_code().expect("why there is none");
            assert_eq!(why.to_string(), "no machine code: memory may not be run");
            assert_eq!(values(&pinned, 5), Some(whole(1, 5)), "{reload}");
            engine.reload_data(&data(1), &limits).expect("data");
        }
        let empty = Snapshot::empty(&engine.pin().rules.program);
        engine.replace(Loaded::of(Arc::clone(&engine.pin().rules), empty).compiled());
        assert_eq!(values(&engine.pin(), 5), Some(1_000_005));
    });
}

/// Rules nested as deep as rules can be: sums in parentheses, in functions that call each other.
fn deep() -> Verified {
    let mut text = String::from("module deep\n\ndefine step_0 (n: int) gives int\n    n\n");
    for step in 1..40 {
        let sum = format!(
            "{}step_{}(n){}",
            "(1 + ".repeat(40),
            step - 1,
            ")".repeat(40)
        );
        text.push_str(&format!(
            "\ndefine step_{step} (n: int) gives int\n    {sum}\n"
        ));
    }
    text.push_str("\ndecision all (n: int) gives int\n    step_39(n)\n");
    let db = Database::default();
    let package = PackageInput::alone(&db, "deep", [("deep.assize", text.as_str())]);
    let linked = assize_compiler::program(&db, package).expect("rules without faults");
    assize_ir::verify_owned(linked.program).expect("a program")
}

/// A service that reloads on a thread of its own runtime has little stack there.
#[test]
fn machine_code_takes_no_stack_of_who_asks() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut made = None;
    on_large_stack_with(&mut made, deep);
    let program = made.expect("a program");
    let rules = Arc::new(Rules::from_program(program));
    let small = std::thread::Builder::new().stack_size(128 * 1024);
    let asked = Arc::clone(&rules);
    let compiled = small.spawn(move || asked.machine().is_some());
    assert!(compiled.expect("a thread").join().expect("no overflow"));
}

/// Until code that is made aside is there, the interpreter decides.
#[test]
fn machine_code_is_made_aside() {
    on_large_stack(|| {
        let rules = Arc::new(Rules::from_program(program(3)));
        let limits = SnapshotLimits::default();
        let loaded = Loaded::new(rules, &data(3), &limits).expect("data");
        let engine = Engine::new(loaded);
        let pinned = engine.pin();
        assert!(!pinned.is_compiled());
        assert_eq!(values(&pinned, 5), Some(whole(3, 5)));
        let making = pinned.compile_aside().expect("a thread");
        while !making.is_finished() {
            assert_eq!(values(&pinned, 7), Some(whole(3, 7)));
        }
        assert!(making.join().expect("no panic"));
        assert!(engine.pin().is_compiled());
        assert_eq!(values(&engine.pin(), 9), Some(whole(3, 9)));
    });
}
