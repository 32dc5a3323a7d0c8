//! A JSON value that owns its texts and keeps numbers as written.

use std::fmt;

use assize_eval::json::{Json, parse};

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// The number as written.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// An object: names in their order.
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Reads JSON text.
    pub fn parse(text: &str) -> Result<Node, String> {
        let document = parse(text.as_bytes(), "").map_err(|error| {
            let (line, column) = (error.line, error.column);
            format!(
                "{line}:{column}: expected {}, found {}",
                error.expected, error.found
            )
        })?;
        Ok(Node::of(&document.value))
    }

    fn of(json: &Json<'_>) -> Node {
        match json {
            Json::Null => Node::Null,
            Json::Bool(value) => Node::Bool(*value),
            Json::Number(text) => Node::Number((*text).to_owned()),
            Json::Text(text) => Node::Text(text.clone().into_owned()),
            Json::List(items) => Node::List(items.iter().map(Node::of).collect()),
            Json::Object(members) => {
                let members = members.iter();
                Node::Object(
                    members
                        .map(|(name, value)| (name.clone().into_owned(), Node::of(value)))
                        .collect(),
                )
            }
        }
    }

    /// An object.
    pub fn object<const N: usize>(members: [(&str, Node); N]) -> Node {
        Node::Object(
            members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// An empty object.
    pub fn empty() -> Node {
        Node::Object(Vec::new())
    }

    /// The member with this name; `None` also for `null`.
    pub fn get(&self, name: &str) -> Option<&Node> {
        let found = self.members().iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value)
            .filter(|value| **value != Node::Null)
    }

    /// The member at the end of a path of names.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, name| node.get(name))
    }

    /// Whether an object has a member with this name, `null` included.
    pub fn has(&self, name: &str) -> bool {
        self.members().iter().any(|(key, _)| key == name)
    }

    /// The text of a member.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Node::as_text)
    }

    /// The text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The members of an object, else none.
    pub fn members(&self) -> &[(String, Node)] {
        match self {
            Node::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of a list, else none.
    pub fn items(&self) -> &[Node] {
        match self {
            Node::List(items) => items,
            _ => &[],
        }
    }

    /// This object with another member, or with another value of one it has.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Node>) -> Node {
        self.set(name, value);
        self
    }

    /// This object with another member, where there is a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<&Node>) -> Node {
        match value {
            Some(value) => self.with(name, value.clone()),
            None => self,
        }
    }

    /// Puts a member into an object.
    pub fn set(&mut self, name: &str, value: impl Into<Node>) {
        if let Node::Object(members) = self {
            members.retain(|(key, _)| key != name);
            members.push((name.to_owned(), value.into()));
        }
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Node {
        Node::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Node {
        Node::Text(text)
    }
}

impl From<bool> for Node {
    fn from(value: bool) -> Node {
        Node::Bool(value)
    }
}

/// A whole number, such as the place of an item in its list.
impl From<usize> for Node {
    fn from(value: usize) -> Node {
        Node::Number(value.to_string())
    }
}

impl From<Vec<Node>> for Node {
    fn from(items: Vec<Node>) -> Node {
        Node::List(items)
    }
}

impl From<&Node> for Node {
    fn from(node: &Node) -> Node {
        node.clone()
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::Null => f.write_str("null"),
            Node::Bool(value) => value.fmt(f),
            Node::Number(text) => f.write_str(text),
            Node::Text(text) => quoted(text, f),
            Node::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", " })?;
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
            Node::Object(members) => {
                f.write_str("{")?;
                for (index, (name, value)) in members.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", " })?;
                    quoted(name, f)?;
                    write!(f, ": {value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            c if c < ' ' => write!(f, "\\u{:04x}", u32::from(c))?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}
