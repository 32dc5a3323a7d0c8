//! Which conditions of a query become the key of an index.

#![cfg(test)]

use assize_compiler::{Database, PackageInput, program};

const DATA: &str = "
data Price
    key row : int
    list    : code
    item    : code
    size    : code?
    amount  : number

define code_of (name: code) gives code
    if length_of(name) > 3 then name else NoName[name].full

define length_of (name: code) gives int
    if name = \"\" then 0 else 4

data NoName
    key name : code
    full     : code
";

/// How `where` reads `Price`: the columns of the index, or `all rows`.
fn read_by(lets: &str, condition: &str) -> String {
    let text = format!(
        "{DATA}\ndefine f (list: code, item: code, size: code?, n: number) gives int\n    \
         {lets}give count of p in Price where {condition}\n\n\
         decision ask (list: code, item: code, size: code?, n: number) gives int\n    \
         f(list, item, size, n)\n"
    );
    let db = Database::default();
    let package = PackageInput::alone(&db, "a", [("a.assize", text)]);
    let linked = match program(&db, package) {
        Ok(linked) => linked,
        Err(faults) => return format!("{faults:?}"),
    };
    let Some(price) = linked
        .program
        .relations
        .iter()
        .find(|relation| relation.name.ends_with("Price"))
    else {
        return "no relation".into();
    };
    match price.indexes.as_slice() {
        [] => "all rows".into(),
        [index] => {
            let names: Vec<&str> = index
                .fields
                .iter()
                .filter_map(|field| price.fields.get(*field as usize))
                .map(|field| field.name.as_str())
                .collect();
            names.join(", ")
        }
        _ => "several".into(),
    }
}

#[test]
fn equalities_with_what_the_row_does_not_decide() {
    assert_eq!(read_by("let x = 1\n    ", "p.item = item"), "item");
    assert_eq!(read_by("let x = 1\n    ", "item = p.item"), "item");
    assert_eq!(
        read_by("let x = 1\n    ", "p.item = item and p.list = list"),
        "list, item"
    );
    assert_eq!(
        read_by("let x = 1\n    ", "p.amount > n and p.item = item"),
        "item"
    );
    assert_eq!(
        read_by("let x = 1\n    ", "size is not missing and p.size = size"),
        "size"
    );
    assert_eq!(read_by("let x = 1\n    ", "p.size = item"), "size");
    // Not an equality, not with a field alone, or not for every row.
    assert_eq!(read_by("let x = 1\n    ", "p.amount > n"), "all rows");
    assert_eq!(read_by("let x = 1\n    ", "p.item = p.list"), "all rows");
    assert_eq!(
        read_by("let x = 1\n    ", "p.item = item or p.list = list"),
        "all rows"
    );
}

#[test]
fn a_let_is_a_key_even_if_it_can_fail() {
    let lets = "let wanted = code_of(item)\n    ";
    assert_eq!(read_by(lets, "p.item = wanted"), "item");
    assert_eq!(read_by(lets, "p.amount > n and p.item = wanted"), "item");
    // A call in the condition would be made for every row, and is.
    assert_eq!(read_by(lets, "p.item = code_of(item)"), "all rows");
}

#[test]
fn what_can_fail_before_the_equality_is_not_skipped() {
    let lets = "let x = 1\n    ";
    assert_eq!(
        read_by(lets, "1 / p.amount > n and p.item = item"),
        "all rows"
    );
    assert_eq!(read_by(lets, "p.item = item and 1 / p.amount > n"), "item");
    // A `let` may fail where the condition asks for it first, for the first row already.
    let lets = "let part = 1 / n\n    let whole = n\n    let of_part = part\n    ";
    let by = |condition: &str| read_by(lets, condition);
    assert_eq!(by("part > 3 and p.item = item"), "all rows");
    assert_eq!(by("of_part > 3 and p.item = item"), "all rows");
    assert_eq!(by("whole > 3 and p.item = item"), "item");
    assert_eq!(by("p.item = item and part > 3"), "item");
    // Unless it is the key: then all rows are read where it fails.
    assert_eq!(by("part > 3 and p.amount = part"), "amount");
    assert_eq!(
        by("part > 3 and p.item = item and p.amount = part"),
        "item, amount"
    );
    assert_eq!(by("p.list = list and part > 3 and p.item = item"), "list");
}
