//! The constructs of the language with their places, for what is tried with each of them in each other.

/// Every construct with a place `_` in it where another may stand.
pub const OUTER: &str = "\
if _ then b else c
if a then _ else c
if a then b else _
let x = _ give x
let x = a give _
for each x in _ give x
for each x in xs where _ give x
for each x in xs by _ give x
for each x in xs by k then _ give x
for each x in xs by _ descending then k give x
for each x in xs by k ending with _ give x
for each x in xs for y in _ give x
for each x in xs let p = _ give p
for each x in xs give _
for each x in xs carry v = _ next v = a finally v
for each x in xs carry v = a next v = _ finally v
for each x in xs carry v = a next v = a finally _
sum of _
sum of _ for x in xs
sum of x in _
sum of e for x in xs where _
first of x in xs by _
exists x in _ where a
exists x in xs where _
every x in xs has _
every x in xs where _ has b
all of [_, b]
at least 1 of [a, _]
let g = group x in _ by k: a give g
let g = group x in xs where _ by k: a give g
let g = group x in xs by k: _ give g
let g = group x in xs by k: a then l: _ give g
for each g in group x in xs by k: _ give g
_ otherwise b
a otherwise _
stop _
round _ to s
round a to _
round a to s using _
round a to s carrying remainder per _
share of _ by w to s
share of t by _ to s
share of t by w to _ rest to last
share of t by w to s using _ per k rest to first
share of t by w to s per _ rest to largest
r with (f: _)
_ with (f: a)
vat on _
_ on day
_ as percent
[_]
[a, _]
[_ when a]
[a when _]
f(_)
f(a, _)
R(f: _)
P[_]
P[k, _]
_.f
x between _ and b
x between a and _
_ between a and b
a is _
a is not _
_ is a
a = _
_ < a
x in _
_ in xs
x not in _
_ valid on day
x valid on _
not _
_ and b
a and _
_ or b
a or _
_ + b
a + _
_ - b
a - _
_ * b
a * _
_ / b
a / _
-_
\"{_}\"
(_)";

/// Every construct that may stand in the place of a value.
pub const INNER: &[&str] = &[
    "if c then d else e",
    "let y = c give y",
    "for each y in ys give y",
    "for each y in ys carry v = 0 finally v",
    "sum of y in ys",
    "sum of c for y in ys",
    "first of y in ys by c then d descending",
    "lowest of [c, d]",
    "exists y in ys where c",
    "every y in ys has c",
    "all of [c, d]",
    "at least 2 of [c, d, e]",
    "none of [c]",
    "c otherwise d",
    "stop r(c)",
    "round c to d",
    "round c - d to e",
    "round c to d using up",
    "share of c by d to e",
    "share of c by d to e rest to first",
    "c with (g: d)",
    "c on d",
    "c as percent",
    "[c, d when e]",
    "f(c)",
    "P[c]",
    "c between d and e",
    "c is d",
    "c is not d",
    "c < d",
    "c in d",
    "c not in d",
    "c valid on d",
    "not c",
    "c and d",
    "c or d",
    "c + d",
    "c * d",
    "-c",
    "5 EUR",
    "1 document per local",
    "5%",
    "2026-11-20",
    "true",
    "missing",
    "default",
    "(c)",
    "c.d(e).f",
    "R(g: c)",
    "\"t {c}\"",
    "c = d",
    "first of y in ys where c by d ending with e",
    "for each g in group y in ys where c by k: d then l: e give g",
    "for each y in ys carry v: number = 0 next v = v + c finally v",
    "round c to d carrying remainder per e",
    "share of c by d to e using up per g",
];
