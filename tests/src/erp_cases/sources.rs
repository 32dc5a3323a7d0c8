//! Where the rules of a package come from: each says it in its documentation comment.

/// What begins a declaration that decides something.
const DECLARATIONS: [&str; 7] = [
    "define ",
    "table ",
    "rule ",
    "decision ",
    "grid ",
    "parameter ",
    "data ",
];

/// How a source is named, in small letters: a page, the manual or the code of the ERP, its API; or that the rule is
/// the package's own.
const SOURCES: [&str; 8] = [
    "page \"",
    "pages \"",
    "manual, ",
    "base application",
    "api v2.0",
    "price calculation v",
    "connector",
    " ours",
];

/// The names of the declarations of a rule file that name no source.
pub fn without_source(text: &str) -> Vec<String> {
    let mut comment = String::new();
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(words) = line.strip_prefix("///") {
            comment.push(' ');
            comment.push_str(&words.trim().to_lowercase());
            continue;
        }
        let declared = DECLARATIONS.iter().find_map(|word| line.strip_prefix(word));
        if let Some(rest) = declared
            && !SOURCES.iter().any(|source| comment.contains(source))
        {
            let name = rest.split([' ', ':', '(']).next().unwrap_or(rest);
            found.push(name.to_owned());
        }
        comment.clear();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_without_a_source_is_found() {
        let text = "/// Whole. Page \"Sales\nmodule m\n\n/// The price. Base\n/// application, Sales Line.\ndefine good () gives int\n    1\n\n\
                    /// The price.\ndefine bad (a: int) gives int\n    a\n\ntable worse (a: int) gives int\n";
        assert_eq!(without_source(text), ["bad", "worse"]);
    }
}
