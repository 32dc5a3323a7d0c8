//! How a verb ends: exit codes, and faults that stop it.

use std::io;
use std::path::Path;

/// How a run ended. The numbers are part of the interface: see `assize --help` and `docs/cli.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, and nothing to say against it.
    Success,
    /// The rules have errors, a test failed, a file is not formatted.
    Findings,
    /// Wrong usage, or an input that cannot be taken: nothing was decided for it.
    Usage,
    /// A decision ended in an error.
    Failed,
    /// A fault in assize itself.
    Internal,
}

impl Exit {
    /// The exit code.
    pub const fn code(self) -> u8 {
        match self {
            Exit::Success => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::Failed => 3,
            Exit::Internal => 70,
        }
    }
}

/// The table of exit codes as help and documentation show it.
pub const EXIT_CODES: &str = "\
Exit codes:
  0   done; also when the reader of a pipe went away
  1   the rules have errors (or warnings, with --deny warnings), a test failed, a file is not
      formatted, an answer is not what it was (run --compare), or data shrank (inspect --before)
  2   wrong usage, a file that cannot be read, or an input with faults: nothing was decided for it
  3   a decision ended in an error; of several inputs at least one, and none had faults
  70  a fault in assize itself";

/// What a person is told when a verb stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// One sentence, with the path it is about.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The exit code.
    pub exit: Exit,
    /// What else is wrong with the same file, so that all of it can be mended at once.
    pub others: Vec<Fault>,
}

impl Fault {
    /// A fault of usage or input.
    pub fn new(message: impl Into<String>) -> Fault {
        Fault {
            message: message.into(),
            help: None,
            exit: Exit::Usage,
            others: Vec::new(),
        }
    }

    /// Several faults of one file as one; nothing where there are none.
    pub fn of_all(faults: Vec<Fault>) -> Option<Fault> {
        let mut faults = faults.into_iter();
        let first = faults.next()?;
        Some(Fault {
            others: faults.collect(),
            ..first
        })
    }

    /// The fault and the others of its file.
    pub fn each(&self) -> impl Iterator<Item = &Fault> {
        std::iter::once(self).chain(&self.others)
    }

    /// What is wrong and what to do, parted by this.
    pub fn text(&self, separator: &str) -> String {
        match &self.help {
            Some(help) => format!("{}{separator}{help}", self.message),
            None => self.message.clone(),
        }
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Fault {
        self.help = Some(help.into());
        self
    }

    /// The same with another exit code.
    #[must_use]
    pub fn exit(mut self, exit: Exit) -> Fault {
        self.exit = exit;
        self
    }

    /// A file that cannot be read.
    pub fn read(path: &Path, error: &io::Error) -> Fault {
        Fault::io("cannot be read", path, error)
    }

    /// A file that cannot be written.
    pub fn write(path: &Path, error: &io::Error) -> Fault {
        let no_folder = match error.kind() {
            // What is written is made: only its folder can be missing.
            io::ErrorKind::NotFound => Some("its folder is not there"),
            io::ErrorKind::NotADirectory => Some("a part of its path is a file"),
            _ => None,
        };
        match no_folder {
            Some(why) => Fault::new(format!("{} cannot be written: {why}", path.display()))
                .help("make the folder first, or choose another place"),
            None => Fault::io("cannot be written", path, error),
        }
    }

    fn io(what: &str, path: &Path, error: &io::Error) -> Fault {
        let path = path.display();
        let (why, help) = match error.kind() {
            io::ErrorKind::NotFound => (
                "there is no such file".to_owned(),
                "check the path; it is relative to the folder you are in",
            ),
            io::ErrorKind::PermissionDenied => (
                "permission denied".to_owned(),
                "ask for access, or choose another place",
            ),
            io::ErrorKind::AlreadyExists => (
                "there is a file of that name".to_owned(),
                "choose another place",
            ),
            io::ErrorKind::IsADirectory => ("it is a folder".to_owned(), "name a file in it"),
            io::ErrorKind::NotADirectory => (
                "a part of its path is a file".to_owned(),
                "check the path; it is relative to the folder you are in",
            ),
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidFilename => (
                "no file can have this name".to_owned(),
                "choose a shorter name, of letters and digits",
            ),
            io::ErrorKind::ReadOnlyFilesystem => (
                "the disk is only for reading".to_owned(),
                "choose another place",
            ),
            io::ErrorKind::InvalidData => {
                ("it is not text in UTF-8".to_owned(), "save it as UTF-8")
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => (
                "the disk is full".to_owned(),
                "free some space, or choose another place",
            ),
            _ => (
                format!("the system says \"{}\"", plain(error)),
                "check the path and the disk",
            ),
        };
        Fault::new(format!("{path} {what}: {why}")).help(help)
    }
}

/// The text of an I/O error without its number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((text, _)) => text.to_owned(),
        None => text,
    }
}

/// Why a verb ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The reader of stdout went away: a success.
    Pipe,
    /// Something to tell.
    Fault(Fault),
    /// Everything has been told.
    Told(Exit),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

impl Stop {
    /// What an error while writing to stdout means.
    pub fn from_stdout(error: &io::Error) -> Stop {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Stop::Pipe
        } else {
            Stop::Fault(Fault::write(Path::new("standard output"), error))
        }
    }
}
