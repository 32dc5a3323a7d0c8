//! The same values added up in two ways: each rounded before it is added in one place, and added
//! unrounded in another. The line totals then do not add up to the total of the document.
//!
//! Expressions are compared by what they say: names given by `let`, calls of definitions, fields of
//! records that are built, and the elements of lists that are made by `for each` are replaced by what
//! they stand for. Equal terms have one number, so that what is said often costs no more than once.
//! What is not understood is equal to nothing else: then nothing is claimed.

use std::collections::{HashMap, HashSet};

use assize_ir::{
    Arithmetic, Body, Callable, CallableId, Loop, LoopResult, NodeId, Op, Order, Over, PlaceId,
    Program, RecordId, RelationId, Slot, Type,
};
use indexmap::{IndexMap, IndexSet};

use super::Finder;
use crate::codes;
use crate::db::SourceFile;
use crate::diagnostic::{Diagnostic, Severity};

/// Greatest number of terms: a package with more of them is not looked at to its end.
const MAX_TERMS: usize = 2_000_000;

/// Greatest depth of terms that are read; what is deeper is not understood.
const MAX_DEPTH: usize = 400;

/// What a term does with its parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Head {
    /// Equal to nothing else.
    Unknown(usize),
    Constant(String),
    /// A parameter of what nobody calls: the same name with the same type means the same.
    Parameter(String, Type),
    /// An element of a list, by the position of its source in the loop.
    Element(usize),
    Rows(RelationId),
    Product,
    Where,
    /// A list: its elements, and what is made of each.
    Each,
    Sum,
    Count,
    Record(RecordId),
    Field(u32),
    With(Vec<u32>),
    Arithmetic(Arithmetic),
    Round,
    Call(CallableId),
    /// Another operation without parts of its own.
    Plain(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Id(usize);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Term {
    head: Head,
    of: Vec<Id>,
}

/// Where the values of a list are added, in both ways.
#[derive(Default)]
struct Ways {
    rounded: Option<PlaceId>,
    plain: Option<PlaceId>,
    /// One is subtracted from the other: the author knows.
    compared: bool,
}

/// What the slots of a callable stand for.
type Slots = HashMap<Slot, Id>;

/// Tells sums of rounded values beside sums of the same values unrounded. `files` are those of the
/// package: what is wrong in another is told there.
pub(super) fn analyse(finder: &mut Finder<'_>, files: &HashSet<SourceFile>) {
    let mut sums = Sums::new(finder.program, MAX_TERMS);
    for root in sums.roots() {
        sums.root(root);
    }
    let ways = std::mem::take(&mut sums.ways);
    for way in ways.into_values() {
        let (Some(rounded), Some(plain), false) = (way.rounded, way.plain, way.compared) else {
            continue;
        };
        let (rounded, plain) = (finder.at(rounded), finder.at(plain));
        let (primary, label, other, there) = if files.contains(&rounded.decl.file) {
            (rounded, "each value is rounded here", plain, "here none is")
        } else {
            (plain, "no value is rounded here", rounded, "here each is")
        };
        if !files.contains(&primary.decl.file) {
            continue;
        }
        finder.out.push(
            Diagnostic::new(
                codes::SUMMED_TWO_WAYS,
                Severity::Warning,
                primary,
                "the same values are added up rounded in one place and unrounded in another",
            )
            .label(label)
            .related(other, there)
            .because("the two sums may differ by half a step for each value")
            .instead(
                "let one function round each value and add up what it gives in both places, or \
                 write `carrying remainder` behind the rounding of the parts: then they add up to \
                 the rounded whole",
            ),
        );
    }
}

struct Sums<'p> {
    program: &'p Program,
    terms: IndexSet<Term>,
    calls: HashMap<(CallableId, Vec<Id>), Id>,
    ways: IndexMap<(Id, Id), Ways>,
    /// Lists whose elements are looked at, from the outermost loop.
    open: Vec<Id>,
    depth: usize,
    /// Terms past this number are not understood.
    most: usize,
}

impl<'p> Sums<'p> {
    fn new(program: &'p Program, most: usize) -> Sums<'p> {
        Sums {
            program,
            terms: IndexSet::new(),
            calls: HashMap::new(),
            ways: IndexMap::new(),
            open: Vec::new(),
            depth: 0,
            most,
        }
    }

    /// What nobody calls and what adds something up, itself or by what it calls.
    fn roots(&self) -> Vec<CallableId> {
        let mut adds: Vec<bool> = Vec::new();
        let mut called: HashSet<CallableId> = HashSet::new();
        for callable in &self.program.callables {
            let mut any = false;
            for node in &callable.nodes {
                match &node.op {
                    Op::Call(id, _) => {
                        called.insert(*id);
                        any |= adds.get(id.index()).copied().unwrap_or(false);
                    }
                    Op::Loop(each) => any |= matches!(each.result, LoopResult::Sum(_)),
                    _ => {}
                }
            }
            adds.push(any);
        }
        let ids = (0u32..).map(CallableId).zip(adds);
        ids.filter(|(id, adds)| *adds && !called.contains(id))
            .map(|(id, _)| id)
            .collect()
    }

    fn root(&mut self, id: CallableId) {
        let Some(callable) = self.program.callable(id) else {
            return;
        };
        let parameters = callable.params.iter();
        let arguments = parameters
            .map(|one| {
                self.term(
                    Head::Parameter(one.name.clone(), one.ty.clone()),
                    Vec::new(),
                )
            })
            .collect();
        self.call(id, arguments);
    }

    fn term(&mut self, head: Head, of: Vec<Id>) -> Id {
        Id(self.terms.insert_full(Term { head, of }).0)
    }

    fn unknown(&mut self) -> Id {
        self.term(Head::Unknown(self.terms.len()), Vec::new())
    }

    fn head(&self, id: Id) -> Option<(&Head, &[Id])> {
        let term = self.terms.get_index(id.0)?;
        Some((&term.head, &term.of))
    }

    /// What a call stands for. Of rules and tables that is the call itself, but what is added up inside
    /// of them is noted.
    fn call(&mut self, id: CallableId, arguments: Vec<Id>) -> Id {
        let key = (id, arguments);
        if let Some(known) = self.calls.get(&key) {
            return *known;
        }
        let Some(callable) = self.program.callable(id) else {
            return self.unknown();
        };
        let slots = (0u32..).map(Slot).zip(key.1.iter().copied());
        let mut slots: Slots = slots.collect();
        let found = match &callable.body {
            Body::Define(node) => self.read(callable, *node, &mut slots),
            body => {
                for node in body.operands() {
                    self.read(callable, node, &mut slots);
                }
                self.term(Head::Call(id), key.1.clone())
            }
        };
        self.calls.insert(key, found);
        found
    }

    fn read(&mut self, callable: &Callable, node: NodeId, slots: &mut Slots) -> Id {
        if self.depth >= MAX_DEPTH || self.terms.len() >= self.most {
            return self.unknown();
        }
        self.depth += 1;
        let found = self.read_op(callable, node, slots);
        self.depth -= 1;
        found
    }

    fn read_op(&mut self, callable: &Callable, id: NodeId, slots: &mut Slots) -> Id {
        let Some(node) = callable.node(id) else {
            return self.unknown();
        };
        match &node.op {
            Op::Const(value) => self.term(Head::Constant(format!("{value:?}")), Vec::new()),
            Op::Local(slot) => match slots.get(slot) {
                Some(known) => *known,
                None => self.unknown(),
            },
            Op::Let {
                slot, value, body, ..
            } => {
                let value = self.read(callable, *value, slots);
                slots.insert(*slot, value);
                self.read(callable, *body, slots)
            }
            Op::Present(inner)
            | Op::ToOptional(inner)
            | Op::IntToNum(inner)
            | Op::Border { value: inner, .. }
            | Op::Bound { value: inner, .. }
            | Op::Check(inner) => self.read(callable, *inner, slots),
            Op::Loop(each) => self.read_loop(callable, each, node.place, slots),
            op => {
                let of: Vec<Id> = op
                    .operands()
                    .into_iter()
                    .map(|one| self.read(callable, one, slots))
                    .collect();
                self.built(op, of, node.place)
            }
        }
    }

    /// An operation on parts that are read.
    fn built(&mut self, op: &Op, mut of: Vec<Id>, place: PlaceId) -> Id {
        let head = match op {
            Op::Call(id, _) => return self.call(*id, of),
            Op::Field(_, at) => {
                let record = of.first().copied();
                return match record.and_then(|record| self.field(record, *at)) {
                    Some(found) => found,
                    None => self.term(Head::Field(*at), of),
                };
            }
            Op::Arithmetic(how, ..) => {
                match how {
                    Arithmetic::Add => of.sort_unstable(),
                    Arithmetic::Multiply => {
                        of.sort_unstable();
                        self.product_of_sum(&of, place);
                    }
                    Arithmetic::Subtract => self.compared(&of),
                    Arithmetic::Divide => {}
                }
                Head::Arithmetic(*how)
            }
            Op::Record(id, _) => Head::Record(*id),
            Op::With(_, changes) => Head::With(changes.iter().map(|(at, _)| *at).collect()),
            Op::Round { .. } => Head::Round,
            Op::If { .. } => Head::Plain("if"),
            Op::And(..) => Head::Plain("and"),
            Op::Or(..) => Head::Plain("or"),
            Op::Not(_) => Head::Plain("not"),
            Op::Negate(_) => Head::Plain("negate"),
            Op::Absolute(_) => Head::Plain("absolute"),
            Op::NumToInt(_) => Head::Plain("int"),
            Op::Equal(..) => {
                self.compared(&of);
                Head::Plain("equal")
            }
            Op::IsMissing(_) => Head::Plain("missing"),
            Op::Otherwise { .. } => Head::Plain("otherwise"),
            Op::In(..) => Head::Plain("in"),
            Op::Compare(order, ..) => {
                self.compared(&of);
                Head::Plain(match order {
                    Order::Less => "<",
                    Order::LessOrEqual => "<=",
                    Order::Greater => ">",
                    Order::GreaterOrEqual => ">=",
                })
            }
            _ => return self.unknown(),
        };
        self.term(head, of)
    }

    /// The field of a record that was built.
    fn field(&self, record: Id, at: u32) -> Option<Id> {
        let (head, of) = self.head(record)?;
        match head {
            Head::Record(_) => of.get(at as usize).copied(),
            Head::With(changed) => match changed.iter().rposition(|one| *one == at) {
                Some(found) => of.get(found + 1).copied(),
                None => self.field(*of.first()?, at),
            },
            _ => None,
        }
    }

    fn read_loop(
        &mut self,
        callable: &Callable,
        each: &Loop,
        place: PlaceId,
        slots: &mut Slots,
    ) -> Id {
        let outside = self.open.len();
        let found = self.read_inside(callable, each, place, slots);
        self.open.truncate(outside);
        found
    }

    fn read_inside(
        &mut self,
        callable: &Callable,
        each: &Loop,
        place: PlaceId,
        slots: &mut Slots,
    ) -> Id {
        let mut sources = Vec::new();
        for (number, source) in each.sources.iter().enumerate() {
            let list = match &source.over {
                Over::List(list) => self.read(callable, *list, slots),
                Over::Relation(relation) | Over::Indexed { relation, .. } => {
                    self.term(Head::Rows(*relation), Vec::new())
                }
            };
            // An element of a list that was made is what was made.
            let (list, element) = match self.head(list) {
                Some((Head::Each, [from, made])) => (*from, *made),
                _ => (list, self.term(Head::Element(number), vec![list])),
            };
            // Elements of one list in two loops, one inside the other, are not the same.
            let mut lists = HashSet::new();
            self.read_from(list, &mut lists);
            let known = self.open.iter().any(|open| lists.contains(open));
            let element = if known { self.unknown() } else { element };
            self.open.extend(lists);
            slots.insert(source.slot, element);
            sources.push(list);
        }
        let mut list = match sources.as_slice() {
            [one] => *one,
            _ => self.term(Head::Product, sources),
        };
        if let Some(filter) = each.filter {
            let filter = self.read(callable, filter, slots);
            list = self.term(Head::Where, vec![list, filter]);
        }
        for carry in &each.carries {
            self.read(callable, carry.start, slots);
            let carried = self.unknown();
            slots.insert(carry.slot, carried);
        }
        for share in &each.shares {
            for part in share.guard.into_iter().chain([share.total, share.weight]) {
                self.read(callable, part, slots);
            }
        }
        for one in &each.lets {
            let value = self.read(callable, one.value, slots);
            slots.insert(one.slot, value);
        }
        if let Some(until) = each.until {
            self.read(callable, until, slots);
            list = self.unknown();
        }
        match &each.result {
            LoopResult::Sum(value) => {
                let value = self.read(callable, *value, slots);
                self.added(list, value, place);
                self.term(Head::Sum, vec![list, value])
            }
            LoopResult::List(value) => {
                let value = self.read(callable, *value, slots);
                self.term(Head::Each, vec![list, value])
            }
            LoopResult::Count => self.term(Head::Count, vec![list]),
            result => {
                for node in result.operands() {
                    self.read(callable, node, slots);
                }
                self.unknown()
            }
        }
    }

    /// Notes that a value is added up for the elements of a list.
    fn added(&mut self, list: Id, value: Id, place: PlaceId) {
        match self.head(value) {
            Some((Head::Round, [inner, ..])) => {
                let key = (list, *inner);
                let ways = self.ways.entry(key).or_default();
                ways.rounded.get_or_insert(place);
            }
            _ => {
                let ways = self.ways.entry((list, value)).or_default();
                ways.plain.get_or_insert(place);
            }
        }
    }

    /// A sum times a factor is the sum of the products, where the factor is the same for all elements.
    fn product_of_sum(&mut self, of: &[Id], place: PlaceId) {
        let Some((list, value)) = self.product(of) else {
            return;
        };
        let ways = self.ways.entry((list, value)).or_default();
        ways.plain.get_or_insert(place);
    }

    fn product(&mut self, of: &[Id]) -> Option<(Id, Id)> {
        let [one, two] = of else { return None };
        let sum_and_factor = [(*one, *two), (*two, *one)];
        let (list, value, factor) =
            sum_and_factor
                .into_iter()
                .find_map(|(sum, factor)| match self.head(sum) {
                    Some((Head::Sum, [list, value])) => Some((*list, *value, factor)),
                    _ => None,
                })?;
        let mut lists = HashSet::new();
        self.read_from(list, &mut lists);
        if self.mentions_element(factor, &lists) {
            return None;
        }
        let mut of = vec![value, factor];
        of.sort_unstable();
        let value = self.term(Head::Arithmetic(Arithmetic::Multiply), of);
        Some((list, value))
    }

    /// The lists that a loop over this takes its elements from.
    fn read_from(&self, list: Id, all: &mut HashSet<Id>) {
        match self.head(list) {
            Some((Head::Where, [inner, ..])) => self.read_from(*inner, all),
            Some((Head::Product, inner)) => {
                for one in inner {
                    self.read_from(*one, all);
                }
            }
            _ => {
                all.insert(list);
            }
        }
    }

    fn mentions_element(&self, term: Id, lists: &HashSet<Id>) -> bool {
        let mut open = vec![term];
        let mut seen = HashSet::new();
        while let Some(term) = open.pop() {
            if !seen.insert(term) {
                continue;
            }
            match self.head(term) {
                Some((Head::Element(_), [list])) if lists.contains(list) => return true,
                Some((_, of)) => open.extend(of),
                None => {}
            }
        }
        false
    }

    /// Who subtracts one sum from the other, or compares them, knows of the difference.
    fn compared(&mut self, of: &[Id]) {
        let [one, two] = of else { return };
        let keys = (self.summed(*one), self.summed(*two));
        if let (Some(one), Some(two)) = keys
            && one == two
        {
            self.ways.entry(one).or_default().compared = true;
        }
    }

    /// What a sum, rounded or not, adds up, without a rounding of each value.
    fn summed(&mut self, of: Id) -> Option<(Id, Id)> {
        let inner = match self.head(of) {
            Some((Head::Round, [inner, ..])) => *inner,
            _ => of,
        };
        match self.head(inner) {
            Some((Head::Sum, [list, value])) => match self.head(*value) {
                Some((Head::Round, [value, ..])) => Some((*list, *value)),
                _ => Some((*list, *value)),
            },
            Some((Head::Arithmetic(Arithmetic::Multiply), of)) => {
                let of = of.to_vec();
                self.product(&of)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_terms_are_read() {
        let text = "package \"a\" \"1\"
            define a.f (%xs: list of number) gives list of number {
                list(loop(each(%x, %xs), sum(round(%x, 0.01, Rounding.nearest))),
                    loop(each(%x, %xs), sum(%x)))
            }";
        let program = assize_ir::text::parse(text).unwrap();
        let found = |most: usize| {
            let mut sums = Sums::new(&program, most);
            for root in sums.roots() {
                sums.root(root);
            }
            let both = sums
                .ways
                .values()
                .filter(|way| way.rounded.is_some() && way.plain.is_some());
            (both.count(), sums.terms.len())
        };
        let (both, all) = found(MAX_TERMS);
        assert_eq!(both, 1);
        // The last term is the list of the two sums itself, which nobody has to understand.
        assert_eq!(found(all).0, 1);
        let fewest = (0..all).find(|most| found(*most).0 == 1);
        assert!(
            fewest.is_some_and(|most| most > 1 && most < all),
            "{fewest:?} of {all}"
        );
        assert_eq!(found(1).0, 0);
    }
}
