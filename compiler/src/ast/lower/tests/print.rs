//! A compact form of the abstract syntax, for snapshots.

use crate::ast::*;

/// A declaration: one line for each of its parts.
pub fn decl(decl: &Decl) -> String {
    let mut out: Vec<String> = decl.doc.lines().map(|line| format!("doc {line}")).collect();
    item(&decl.item, &mut out);
    out.join("\n")
}

fn item(item: &Item, out: &mut Vec<String>) {
    match item {
        Item::Module(path) => out.push(format!("module {}", path.text())),
        Item::Use(path) => out.push(format!("use {}", path.text())),
        Item::Currency(words) => out.push(format!("currency {}", names(words))),
        Item::Unit(words) => out.push(format!("unit {}", names(words))),
        Item::Number(decl) => {
            let mut line = format!("number {} = {}", decl.name.text, dim(&decl.dim));
            line.extend(
                decl.places
                    .iter()
                    .map(|(value, _)| format!(" places {value}")),
            );
            line.push_str(&part(" from ", &decl.from));
            line.push_str(&part(" to ", &decl.to));
            out.push(line);
        }
        Item::Enum(decl) => {
            let kind = if decl.ordered { "ordered" } else { "enum" };
            out.push(format!(
                "{kind} {}: {}",
                decl.name.text,
                names(&decl.values)
            ));
        }
        Item::Record(decl) => {
            out.push(format!("record {}", decl.name.text));
            out.extend(decl.fields.iter().map(|one| field("field", one)));
            out.extend(decl.checks.iter().map(check));
        }
        Item::Data(decl) => data(decl, out),
        Item::Parameter(decl) => {
            let open = if decl.open { " open" } else { "" };
            out.push(format!(
                "parameter {}: {}{open}",
                decl.name.text,
                ty(&decl.ty)
            ));
            out.extend(decl.values.iter().map(value));
        }
        Item::Reason(decl) => {
            let severity = decl.severity.as_ref().map_or("-", |word| &word.text);
            let head = format!(
                "reason {}{} {severity}",
                decl.name.text,
                params(&decl.params)
            );
            out.push(format!("{head}{}", part(" ", &decl.message)));
        }
        Item::Define(decl) => function("define", decl, out),
        Item::Decision(decl) => function("decision", decl, out),
        Item::Example { name, value } => {
            out.push(format!("example {} = {}", name.text, expr(value)))
        }
        Item::Rule(decl) => rule(decl, out),
        Item::Extend(decl) => {
            out.push(format!("extend {}", decl.target.text()));
            out.extend(decl.exceptions.iter().map(exception));
            out.extend(decl.values.iter().map(value));
        }
        Item::Table(decl) => table(decl, out),
        Item::Test(decl) => {
            out.push(format!("test {:?}", decl.title.text));
            decl.steps.iter().for_each(|one| step(one, out));
        }
        Item::Property(decl) => {
            let head = format!("property {:?} {}", decl.title.text, params(&decl.params));
            out.push(format!("{head}{}", part(" where ", &decl.filter)));
            decl.steps.iter().for_each(|one| step(one, out));
        }
        Item::Broken => out.push("broken".into()),
    }
}

fn names(words: &[Name]) -> String {
    words
        .iter()
        .map(|word| &*word.text)
        .collect::<Vec<_>>()
        .join(" ")
}

fn paths(paths: &[Path]) -> String {
    paths.iter().map(Path::text).collect::<Vec<_>>().join(" ")
}

fn part(word: &str, value: &Option<Expr>) -> String {
    value
        .as_ref()
        .map(|value| format!("{word}{}", expr(value)))
        .unwrap_or_default()
}

fn because(text: &Option<TextLit>) -> String {
    text.as_ref()
        .map(|text| format!(" because {:?}", text.text))
        .unwrap_or_default()
}

fn count(count: &Count) -> String {
    count.value.map_or("?".into(), |value| value.to_string())
}

fn date(date: &DateLit) -> String {
    date.day.map_or("no-date".into(), assize_ir::date::format)
}

fn atom(atom: &DimAtom) -> String {
    match atom {
        DimAtom::Money(name) => format!("money:{}", name.text),
        DimAtom::Named(name) => name.text.to_string(),
        DimAtom::Error => "error".into(),
    }
}

fn dim(dim: &DimExpr) -> String {
    let per = dim
        .per
        .as_ref()
        .map(|per| format!("/{}", atom(per)))
        .unwrap_or_default();
    format!("{}{per}", atom(&dim.over))
}

fn ty(written: &TypeExpr) -> String {
    let mark = if written.optional { "?" } else { "" };
    match &written.kind {
        TypeKind::Named(path) => format!("{}{mark}", path.text()),
        TypeKind::List(inner) => format!("[{}]{mark}", ty(inner)),
        TypeKind::Error => format!("error{mark}"),
    }
}

fn param(param: &ParamDecl) -> String {
    let most = param
        .at_most
        .as_ref()
        .map(|most| format!(" at-most {}", count(most)));
    format!(
        "{}{}: {}{}",
        if param.sensitive { "sensitive " } else { "" },
        param.name.text,
        ty(&param.ty),
        most.unwrap_or_default()
    )
}

fn params(params: &[ParamDecl]) -> String {
    format!(
        "({})",
        params.iter().map(param).collect::<Vec<_>>().join(", ")
    )
}

fn result(result: &Option<TypeExpr>) -> String {
    result.as_ref().map_or("-".into(), ty)
}

fn field(word: &str, field: &FieldDecl) -> String {
    let most = field
        .at_most
        .as_ref()
        .map(|most| format!(" at-most {}", count(most)));
    let doc = if field.doc.is_empty() {
        String::new()
    } else {
        format!(" doc {:?}", field.doc)
    };
    let marked = if field.sensitive { "sensitive " } else { "" };
    let head = format!(
        "  {word} {marked}{}: {}{}",
        field.name.text,
        ty(&field.ty),
        most.unwrap_or_default()
    );
    format!("{head}{}{doc}", part(" = ", &field.default))
}

fn check(check: &CheckDecl) -> String {
    format!("  check {}{}", expr(&check.cond), because(&check.because))
}

fn data(decl: &DataDecl, out: &mut Vec<String>) {
    out.push(format!("data {}", decl.name.text));
    out.extend(
        decl.fresh
            .iter()
            .map(|age| format!("  fresh {}", expr(age))),
    );
    out.extend(decl.keys.iter().map(|one| field("key", one)));
    out.extend(decl.fields.iter().map(|one| field("field", one)));
    out.extend(
        decl.valid
            .iter()
            .map(|(a, b)| format!("  valid {} {}", a.text, b.text)),
    );
    out.extend(decl.checks.iter().map(check));
    for one in &decl.distinct {
        let valid = if one.while_valid { " while-valid" } else { "" };
        out.push(format!(
            "  distinct {}{valid}{}",
            names(&one.fields),
            because(&one.because)
        ));
    }
    for one in &decl.rows {
        out.push(format!(
            "  rows {} per [{}]",
            count(&one.at_most),
            names(&one.per)
        ));
    }
}

fn function(word: &str, decl: &DefineDecl, out: &mut Vec<String>) {
    let head = format!("{word} {}{}", decl.name.text, params(&decl.params));
    out.push(format!("{head} -> {}", result(&decl.result)));
    out.push(format!("  {}", expr(&decl.body)));
}

fn value(one: &ParameterValueDecl) -> String {
    let from = one.from.as_ref().map(date).unwrap_or("always".into());
    format!("  {from} is {}{}", expr(&one.value), because(&one.because))
}

fn rule(decl: &RuleDecl, out: &mut Vec<String>) {
    let head = format!("rule {}{}", decl.name.text, params(&decl.params));
    out.push(format!("{head} -> {}", result(&decl.result)));
    out.extend(
        decl.as_of
            .iter()
            .map(|day| format!("  as-of {}", expr(day))),
    );
    for one in &decl.combine {
        out.push(format!(
            "  combine {}{}",
            one.how.text,
            part(" up-to ", &one.cap)
        ));
    }
    out.extend(decl.may_agree.map(|_| "  may-agree".into()));
    out.extend(decl.open.map(|_| "  open".into()));
    out.extend(
        decl.default
            .as_ref()
            .map(|one| format!("  default {}{}", expr(&one.value), because(&one.because))),
    );
    out.extend(decl.exceptions.iter().map(exception));
}

fn exception(one: &ExceptionDecl) -> String {
    let end = |day: Option<DateLit>| day.as_ref().map_or("open".into(), date);
    let mut line = format!("  exception {}", one.name.text);
    if !one.overrides.is_empty() {
        line.push_str(&format!(" overrides [{}]", paths(&one.overrides)));
    }
    if !one.yields_to.is_empty() {
        line.push_str(&format!(" yields [{}]", paths(&one.yields_to)));
    }
    if let Some(valid) = one.valid {
        line.push_str(&format!(" valid {}..{}", end(valid.from), end(valid.to)));
    }
    line.push_str(&part(" when ", &one.when));
    line.push_str(&part(" unless ", &one.unless));
    line.push_str(&part(" then ", &one.then));
    line.push_str(&because(&one.because));
    line
}

fn table(decl: &TableDecl, out: &mut Vec<String>) {
    let head = format!("table {}{}", decl.name.text, params(&decl.params));
    out.push(format!("{head} -> {}", result(&decl.result)));
    out.extend(
        decl.as_of
            .iter()
            .map(|day| format!("  as-of {}", expr(day))),
    );
    if let Some(hit) = &decl.hit {
        let by = hit
            .by
            .as_ref()
            .map(|by| format!(" by {}", by.text))
            .unwrap_or_default();
        out.push(format!("  hit {}{by}", hit.word.text));
    }
    match &decl.body {
        TableBody::Rows(body) => {
            let (columns, outputs) = (paths(&body.columns), paths(&body.outputs));
            out.push(format!(
                "  rows named={} [{columns}] [{outputs}]",
                body.named
            ));
            out.extend(body.rows.iter().map(row));
        }
        TableBody::Grid(body) => {
            let axes = format!("{} \\ {}", body.row_axis.text(), body.column_axis.text());
            let heads = cells(&body.heads);
            let columns = paths(&body.columns);
            out.push(format!(
                "  grid named={} [{columns}] {axes} {heads}",
                body.named
            ));
            out.extend(body.rows.iter().map(row));
        }
        TableBody::File(file) => out.push(format!("  file {:?}", file.text)),
        TableBody::Error => out.push("  error".into()),
    }
}

fn row(row: &RowDecl) -> String {
    let name = row
        .name
        .as_ref()
        .map(|name| format!("{} ", name.text))
        .unwrap_or_default();
    format!("    {name}{} -> {}", cells(&row.cells), exprs(&row.outputs))
}

fn cells(cells: &[CellDecl]) -> String {
    let cells: Vec<String> = cells.iter().map(|one| cell(&one.kind)).collect();
    format!("[{}]", cells.join(" | "))
}

fn cell(kind: &CellKind) -> String {
    match kind {
        CellKind::Any => "-".into(),
        CellKind::Step(from) => format!("{}+", expr(from)),
        CellKind::Tests(tests) => tests.iter().map(test_cell).collect::<Vec<_>>().join(", "),
        CellKind::Error => "error".into(),
    }
}

fn test_cell(test: &TestCell) -> String {
    let not = if test.not.is_some() { "not " } else { "" };
    let test = match &test.kind {
        TestKind::Value(value) => expr(value),
        TestKind::Compare(op, value) => format!("{} {}", compare(*op), expr(value)),
        TestKind::Range { low, high, below } => {
            format!(
                "{}..{}{}",
                expr(low),
                if *below { "<" } else { "" },
                expr(high)
            )
        }
    };
    format!("{not}{test}")
}

fn step(step: &TestStep, out: &mut Vec<String>) {
    match step {
        TestStep::Given(given) => {
            out.push(format!(
                "  given {} [{}]",
                given.relation.text(),
                names(&given.columns)
            ));
            out.extend(
                given
                    .rows
                    .iter()
                    .map(|row| format!("    {}", fixtures(&row.cells))),
            );
        }
        TestStep::Calendar(calendar) => {
            let working = calendar.working.as_ref().map(|days| names(days));
            out.push(format!(
                "  calendar {} {} {:?} [{}]",
                calendar.code.text,
                working.unwrap_or_default(),
                calendar.known.map(|(from, to)| (from.day, to.day)),
                names(&calendar.columns)
            ));
            let rows = calendar.rows.iter();
            out.extend(rows.map(|row| format!("    {}", fixtures(&row.cells))));
        }
        TestStep::Let(stmt) => out.push(format!("  {}", let_stmt("let", stmt))),
        TestStep::Cases(cases) => {
            let by = if cases.by { " by" } else { "" };
            let head = format!(
                "  cases [{}] {}{by}",
                paths(&cases.columns),
                exprs(&cases.outputs)
            );
            out.push(head);
            for row in &cases.rows {
                let by: String = row
                    .by
                    .iter()
                    .map(|by| format!(" by {}", decider(by)))
                    .collect();
                out.push(format!(
                    "    {} -> {}{by}",
                    fixtures(&row.cells),
                    exprs(&row.outputs)
                ));
            }
        }
        TestStep::Expect { cond, .. } => out.push(format!("  expect {}", expr(cond))),
        TestStep::ExpectError { code, value, .. } => {
            out.push(format!("  expect-error {} {}", code.text, expr(value)));
        }
    }
}

fn fixtures(cells: &[Option<Expr>]) -> String {
    let cell = |cell: &Option<Expr>| cell.as_ref().map_or("-".into(), expr);
    format!(
        "[{}]",
        cells.iter().map(cell).collect::<Vec<_>>().join(" | ")
    )
}

fn decider(decider: &Decider) -> String {
    let part = |part: &DeciderPart| match part {
        DeciderPart::Word(word) => word.text.to_string(),
        DeciderPart::Date(day) => format!("<{}>", date(day)),
    };
    let parts: Vec<String> = decider.parts.iter().map(part).collect();
    if parts.is_empty() {
        "-".into()
    } else {
        parts.join(".")
    }
}

fn exprs(all: &[Expr]) -> String {
    format!("[{}]", all.iter().map(expr).collect::<Vec<_>>().join(" | "))
}

fn list(word: &str, all: &[Expr]) -> String {
    let all: String = all.iter().map(|one| format!(" {}", expr(one))).collect();
    format!("({word}{all})")
}

fn let_stmt(word: &str, stmt: &LetStmt) -> String {
    let written = stmt
        .ty
        .as_ref()
        .map(|one| format!(": {}", ty(one)))
        .unwrap_or_default();
    format!("({word} {}{written} {})", stmt.name.text, expr(&stmt.value))
}

fn compare(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Less => "<",
        CompareOp::LessOrEqual => "<=",
        CompareOp::Greater => ">",
        CompareOp::GreaterOrEqual => ">=",
        CompareOp::Equal => "=",
        CompareOp::NotEqual => "!=",
    }
}

fn args(args: &[Arg]) -> String {
    let arg = |arg: &Arg| match &arg.name {
        Some(name) => format!("{}: {}", name.text, expr(&arg.value)),
        None => expr(&arg.value),
    };
    args.iter().map(arg).collect::<Vec<_>>().join(", ")
}

fn query(query: &Query) -> String {
    let binder = |one: &Binder| format!("{} in {}", one.name.text, expr(&one.source));
    let mut out = query
        .binders
        .iter()
        .map(binder)
        .collect::<Vec<_>>()
        .join(" for ");
    out.push_str(&part(" where ", &query.filter));
    for key in &query.order {
        let down = if key.descending { " descending" } else { "" };
        out.push_str(&format!(" by {}{down}", expr(&key.value)));
    }
    out.push_str(&part(" ending ", &query.ending));
    format!("{{{out}}}")
}

/// An expression with brackets around each operation.
pub fn expr(expr_of: &Expr) -> String {
    match &*expr_of.kind {
        ExprKind::Error => "error".into(),
        ExprKind::Missing => "missing".into(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Date(day) => date(day),
        ExprKind::Percent(value) => value.map_or("?%".into(), |value| format!("{value}%")),
        ExprKind::Number { value, point, unit } => {
            let value = value.map_or("?".into(), |value| value.to_string());
            let point = if *point { "." } else { "" };
            let per = |per: &Name| format!("/{}", per.text);
            let unit = unit.as_ref().map(|unit| {
                let below = unit.per.as_ref().map(per).unwrap_or_default();
                format!(":{}{below}", unit.over.text)
            });
            format!("{value}{point}{}", unit.unwrap_or_default())
        }
        ExprKind::Text(pieces) => {
            let piece = |piece: &TextPiece| match piece {
                TextPiece::Text(text) => format!("{text:?}"),
                TextPiece::Hole(hole) => format!("<{}>", expr(hole)),
            };
            format!(
                "(text {})",
                pieces.iter().map(piece).collect::<Vec<_>>().join(" ")
            )
        }
        ExprKind::Default => "default".into(),
        ExprKind::Name(name) => name.text.to_string(),
        ExprKind::Field { base, name } => format!("{}.{}", expr(base), name.text),
        ExprKind::Call { callee, args: all } => format!("{}({})", expr(callee), args(all)),
        ExprKind::Index { base, keys } => format!("{}{}", expr(base), exprs(keys)),
        ExprKind::List(items) => {
            let item =
                |item: &ListItem| format!("{}{}", expr(&item.value), part(" when ", &item.when));
            format!(
                "[{}]",
                items.iter().map(item).collect::<Vec<_>>().join(", ")
            )
        }
        ExprKind::With { base, args: all } => format!("(with {} ({}))", expr(base), args(all)),
        ExprKind::On { base, date } => format!("(on {} {})", expr(base), expr(date)),
        ExprKind::Negate(inner) => format!("(neg {})", expr(inner)),
        ExprKind::Not(inner) => format!("(not {})", expr(inner)),
        ExprKind::And(all) => list("and", all),
        ExprKind::Or(all) => list("or", all),
        ExprKind::Arithmetic {
            op, left, right, ..
        } => {
            let sign = match op {
                ArithmeticOp::Add => "+",
                ArithmeticOp::Subtract => "-",
                ArithmeticOp::Multiply => "*",
                ArithmeticOp::Divide => "/",
            };
            format!("({sign} {} {})", expr(left), expr(right))
        }
        ExprKind::Compare {
            op, left, right, ..
        } => {
            format!("({} {} {})", compare(*op), expr(left), expr(right))
        }
        ExprKind::Is {
            negated,
            left,
            right,
        } => {
            format!(
                "({} {} {})",
                if *negated { "is-not" } else { "is" },
                expr(left),
                expr(right)
            )
        }
        ExprKind::Between { value, low, high } => {
            format!("(between {} {} {})", expr(value), expr(low), expr(high))
        }
        ExprKind::ValidOn { row, date } => format!("(valid-on {} {})", expr(row), expr(date)),
        ExprKind::In {
            negated,
            value,
            list,
        } => {
            format!(
                "({} {} {})",
                if *negated { "not-in" } else { "in" },
                expr(value),
                expr(list)
            )
        }
        ExprKind::As { value, dim: to } => format!("(as {} {})", expr(value), dim(to)),
        ExprKind::Round {
            value,
            step,
            using,
            carrying,
        } => {
            let using = part(" using ", using);
            let carrying = carrying
                .as_ref()
                .map(|one| format!(" carrying{}", part(" per ", &one.per)));
            format!(
                "(round {} {}{using}{})",
                expr(value),
                expr(step),
                carrying.unwrap_or_default()
            )
        }
        ExprKind::Share(share) => {
            let head = [&share.total, &share.weight, &share.step]
                .map(expr)
                .join(" ");
            let rest = share
                .rest
                .as_ref()
                .map(|rest| format!(" rest {}", rest.text));
            let tail = format!(
                "{}{}",
                part(" using ", &share.using),
                part(" per ", &share.per)
            );
            format!("(share {head}{tail}{})", rest.unwrap_or_default())
        }
        ExprKind::If { cond, then, other } => {
            format!("(if {} {} {})", expr(cond), expr(then), expr(other))
        }
        ExprKind::Let { lets, body } => {
            let lets: Vec<String> = lets.iter().map(|one| let_stmt("let", one)).collect();
            format!("({} {})", lets.join(" "), expr(body))
        }
        ExprKind::ForEach(each) => for_each(each),
        ExprKind::Aggregate { how, of } => {
            let of = match of {
                AggregateOf::Query { value, query: tail } => {
                    format!("{}{}", part("", value), query(tail))
                }
                AggregateOf::List(all) => expr(all),
            };
            format!("({} {of})", format!("{how:?}").to_lowercase())
        }
        ExprKind::Group(group) => {
            let source = format!(
                "{} in {}",
                group.binder.name.text,
                expr(&group.binder.source)
            );
            let key = |(name, key): &(Name, Expr)| format!(" {}: {}", name.text, expr(key));
            let keys: String = group.keys.iter().map(key).collect();
            format!(
                "(group {source}{} by{keys})",
                part(" where ", &group.filter)
            )
        }
        ExprKind::Exists(tail) => format!("(exists {})", query(tail)),
        ExprKind::Every { query: tail, has } => {
            format!("(every {} has {})", query(tail), expr(has))
        }
        ExprKind::Counted { how, items } => {
            let how = match how {
                CountedHow::All => "all-of".into(),
                CountedHow::Any => "any-of".into(),
                CountedHow::None => "none-of".into(),
                CountedHow::AtLeast(least) => format!("at-least {}", count(least)),
            };
            list(&how, items)
        }
        ExprKind::Otherwise { value, other } => {
            format!("(otherwise {} {})", expr(value), expr(other))
        }
        ExprKind::Stop(reason) => format!("(stop {})", expr(reason)),
    }
}

fn for_each(each: &ForEachExpr) -> String {
    let step = |step: &Step| match step {
        Step::Carry(stmt) => let_stmt("carry", stmt),
        Step::Let(stmt) => let_stmt("let", stmt),
        Step::Next { name, value } => format!("(next {} {})", name.text, expr(value)),
    };
    let steps: String = each
        .steps
        .iter()
        .map(|one| format!("{} ", step(one)))
        .collect();
    let end = match &each.result {
        ForEachResult::Give(value) => format!("give {}", expr(value)),
        ForEachResult::Finally(value) => format!("finally {}", expr(value)),
    };
    format!("(for-each {} {steps}{end})", query(&each.query))
}
