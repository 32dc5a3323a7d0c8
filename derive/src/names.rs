//! Names in the rules of what has a name in Rust.

use syn::{Attribute, Ident, LitStr, Result};

/// What `#[assize(…)]` says.
#[derive(Default)]
pub struct Options {
    name: Option<String>,
    camel_case: bool,
    others: bool,
    /// The record is only given.
    pub input_only: bool,
    /// The record is only taken.
    pub output_only: bool,
}

impl Options {
    /// What the attributes of a type, field or variant say.
    pub fn of(attributes: &[Attribute]) -> Result<Options> {
        let mut options = Options::default();
        for attribute in attributes {
            if !attribute.path().is_ident("assize") {
                continue;
            }
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("name") {
                    options.name = Some(meta.value()?.parse::<LitStr>()?.value());
                } else if meta.path.is_ident("camel_case") {
                    options.camel_case = true;
                } else if meta.path.is_ident("others") {
                    options.others = true;
                } else if meta.path.is_ident("input_only") {
                    options.input_only = true;
                } else if meta.path.is_ident("output_only") {
                    options.output_only = true;
                } else {
                    return Err(meta.error(
                        "`assize` knows `name = \"…\"`, `camel_case`, `others`, `input_only` and `output_only`",
                    ));
                }
                Ok(())
            })?;
        }
        Ok(options)
    }

    /// The name of a field.
    pub fn name_of(&self, ident: &Ident, of_type: &Options) -> String {
        let plain = unraw(ident);
        self.name_or(if of_type.camel_case {
            camel(&plain)
        } else {
            plain
        })
    }

    /// The name that was given, or another.
    pub fn name_or(&self, other: String) -> String {
        if self.others {
            return "*".to_owned();
        }
        self.name.clone().unwrap_or(other)
    }
}

/// A name without `r#`.
pub fn unraw(ident: &Ident) -> String {
    let text = ident.to_string();
    match text.strip_prefix("r#") {
        Some(plain) => plain.to_owned(),
        None => text,
    }
}

/// `OverLimit` as `over_limit`.
pub fn snake(ident: &Ident) -> String {
    let mut name = String::new();
    for (position, letter) in unraw(ident).chars().enumerate() {
        if letter.is_uppercase() && position > 0 {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

/// `unit_price` as `unitPrice`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut joined = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        joined.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        joined.push_str(letters.as_str());
    }
    joined
}
