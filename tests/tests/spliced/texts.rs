//! The texts that are spliced: what the manual, its pages of errors and the rule packages show.

use std::collections::BTreeMap;

use assize_compiler::{Database, PackageInput, Workspace};
use assize_tests::spec::data::{SheetRows, sheets};
use assize_tests::spec::package::{self, MAIN, Rules};
use assize_tests::spec::page::{Kind, Section, sections};
use assize_tests::tree::{read_tree, repository_root};

/// Longer texts are left out: they are of the pages about limits, and cost more than they show.
const LENGTH_BYTES_MAX: usize = 8_000;
/// The folder of the rules that are many modules.
const ERP: &str = "rules/business-central/";

/// Rule files by package and path, and what is beside them.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    /// The packages in the order in which they may use each other; the last one is the root.
    pub names: Vec<String>,
    /// The texts by package and path.
    pub files: BTreeMap<(String, String), String>,
    sheets: BTreeMap<String, SheetRows>,
}

impl Texts {
    /// A package of one file.
    pub fn alone(text: impl Into<String>) -> Texts {
        Texts {
            names: vec!["a".into()],
            files: [(("a".into(), "a.assize".into()), text.into())].into(),
            sheets: BTreeMap::new(),
        }
    }

    /// The packages in a database of their own, and the root.
    pub fn load(&self) -> (Database, Vec<PackageInput>, PackageInput) {
        let db = Database::default();
        let packages = package::load(&db, &self.names, &self.files, &self.sheets);
        let root = *Workspace::get(&db).root(&db);
        (db, packages, root)
    }

    /// Whether tables take their rows from beside the rules.
    pub fn has_sheets(&self) -> bool {
        !self.sheets.is_empty()
    }

    /// The same with other texts.
    pub fn map(&self, change: impl Fn(&str) -> String) -> Texts {
        let mut out = self.clone();
        out.files.values_mut().for_each(|text| *text = change(text));
        out
    }

    /// The texts as they are shown.
    pub fn shown(&self) -> String {
        if let (1, Some(text)) = (self.files.len(), self.files.values().next()) {
            return text.clone();
        }
        let files = self.files.iter();
        let shown = files.map(|((package, path), text)| format!("// {package} {path}\n{text}"));
        shown.collect::<Vec<_>>().join("\n")
    }
}

/// What is spliced, by how it is chosen: each group as often as its weight says.
pub struct Corpus(Vec<(usize, Vec<Texts>)>);

impl Corpus {
    /// Reads it.
    pub fn read() -> Corpus {
        let mut blocks = Vec::new();
        let mut pages = Vec::new();
        let mut whole = Vec::new();
        let mut errors = Vec::new();
        let mut erp = BTreeMap::new();
        for file in read_tree(&repository_root()).unwrap() {
            if file.path == "rules/shop/shop.assize" {
                blocks.push(Texts::alone(file.text.clone()));
            } else if let Some(name) = file.path.strip_prefix(ERP)
                && name.ends_with(".assize")
            {
                erp.insert(name.to_owned(), file.text.clone());
            } else if file.path.starts_with("docs/errors/") {
                errors.extend(of_errors(&file.text));
            }
            if !file.path.starts_with("docs/language/") || !file.ends_with(".md") {
                continue;
            }
            for section in sections(&file.path, &file.text).0 {
                for block in &section.blocks {
                    let text = || Texts::alone(block.written_out());
                    match block.kind {
                        Kind::Rules(None) | Kind::TestFails => blocks.push(text()),
                        Kind::Fails => pages.push(text()),
                        _ => {}
                    }
                }
                whole.extend(of_section(&section));
            }
        }
        let erp = modules(&erp);
        let mut groups = vec![(20, blocks), (3, pages), (4, whole), (4, errors), (1, erp)];
        for (_, group) in &mut groups[..4] {
            group.retain(|texts| texts.files.values().all(|it| it.len() < LENGTH_BYTES_MAX));
        }
        Corpus(groups)
    }

    /// Sizes of the groups.
    pub fn sizes(&self) -> Vec<usize> {
        self.0.iter().map(|(_, group)| group.len()).collect()
    }

    /// One of them, and which.
    pub fn choose(&self, below: &mut dyn FnMut(usize) -> usize) -> ((usize, usize), &Texts) {
        let mut at = below(self.0.iter().map(|(weight, _)| weight).sum());
        let mut group = 0;
        while at >= self.0[group].0 {
            at -= self.0[group].0;
            group += 1;
        }
        let one = below(self.0[group].1.len());
        ((group, one), &self.0[group].1[one])
    }
}

/// A section whose rules are more than one block, or have sheets beside them.
fn of_section(section: &Section) -> Option<Texts> {
    let rules: Vec<Rules<'_>> = section
        .blocks
        .iter()
        .enumerate()
        .filter_map(|(block, it)| match &it.kind {
            Kind::Rules(package) => Some(Rules {
                block,
                package: package.as_deref(),
                text: it.written_out(),
            }),
            _ => None,
        })
        .collect();
    let sheets = sheets(&section.blocks);
    let files = package::texts(&rules);
    let more = rules.len() > 1 || files.len() > 1 || !sheets.is_empty();
    (more && !rules.is_empty()).then(|| Texts {
        names: package::names(&rules),
        files,
        sheets,
    })
}

/// The examples of a page about an error, wrong and right; a line `// file NAME` begins a file.
fn of_errors(page: &str) -> Vec<Texts> {
    let mut out = Vec::new();
    let mut fences = page.split("```assize ");
    let _before = fences.next();
    for fence in fences {
        let Some((_, body)) = fence.split_once('\n') else {
            continue;
        };
        let body = body.split("\n```").next().unwrap_or_default();
        let mut texts = Texts::alone("");
        let mut path = "a.assize".to_owned();
        for line in body.lines() {
            if let Some(name) = line.strip_prefix("// file ") {
                path = name.trim().to_owned();
                continue;
            }
            let file = texts.files.entry(("a".into(), path.clone())).or_default();
            file.push_str(line);
            file.push('\n');
        }
        texts.files.retain(|_, text| !text.trim().is_empty());
        out.push(texts);
    }
    out
}

/// Each module with those that it uses.
fn modules(files: &BTreeMap<String, String>) -> Vec<Texts> {
    let said = |text: &str, word: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(word));
        lines.map(|name| name.trim().to_owned()).collect()
    };
    let named: BTreeMap<String, &String> = files
        .iter()
        .flat_map(|(path, text)| said(text, "module ").into_iter().map(move |it| (it, path)))
        .collect();
    let mut out = Vec::new();
    for path in files.keys() {
        let mut wanted = vec![path];
        let mut texts = Texts {
            names: vec![MAIN.to_owned()],
            ..Texts::default()
        };
        while let Some(path) = wanted.pop() {
            let key = (MAIN.to_owned(), path.clone());
            let Some(text) = files.get(path) else {
                continue;
            };
            if texts.files.insert(key, text.clone()).is_none() {
                let used = said(text, "use ");
                wanted.extend(used.iter().filter_map(|name| named.get(name).copied()));
            }
        }
        out.push(texts);
    }
    out
}
