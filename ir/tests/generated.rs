//! Generated programs: whatever the arena looks like, text and bytes lead back to it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails says so by a panic"
)]

use assize_ir::bundle::{read, write};
use assize_ir::text::{builtin_enums, parse, print};
use assize_ir::*;
use proptest::prelude::*;
use rust_decimal::Decimal;

/// A node with operands anywhere before it: not in order, shared, or not used at all.
fn op(at: u32) -> BoxedStrategy<Op> {
    let node = move || (0..at).prop_map(NodeId);
    let nodes = move || proptest::collection::vec(node(), 0..4);
    let slot = || (0u32..6).prop_map(Slot);
    let leaf = prop_oneof![
        constant().prop_map(Op::Const),
        slot().prop_map(Op::Local),
        Just(Op::Default),
        (0u32..3).prop_map(Op::SharePart),
    ];
    if at == 0 {
        return leaf.boxed();
    }
    let one = node().prop_flat_map(|node| {
        prop::sample::select(vec![
            Op::Not(node),
            Op::Negate(node),
            Op::IntToNum(node),
            Op::NumToInt(node),
            Op::ToOptional(node),
            Op::Present(node),
            Op::Field(node, 1),
            Op::Check(node),
            Op::Stop(node),
            Op::ReasonCode(node),
            Op::DateStep {
                date: node,
                count: -2,
                unit: DateUnit::Quarters,
            },
            Op::Bound {
                value: node,
                at_most: 7,
                what: "a \"list\"".to_owned(),
            },
            Op::Border {
                value: node,
                to: Type::Optional(Box::new(Type::NUMBER)),
                what: String::new(),
            },
            Op::With(node, vec![(0, node), (9, node)]),
        ])
    });
    let two = (node(), node()).prop_flat_map(|(a, b)| {
        prop::sample::select(vec![
            Op::And(a, b),
            Op::Arithmetic(Arithmetic::Multiply, a, b),
            Op::Compare(Order::GreaterOrEqual, a, b),
            Op::Equal(a, b),
            Op::In(a, b),
            Op::Concat(a, b),
            Op::Otherwise { value: a, other: b },
            Op::DatePlusDays(a, b),
            Op::ValidOn { row: a, date: b },
            Op::If {
                cond: a,
                then: b,
                other: a,
            },
            Op::RoundRunning {
                state: 1,
                value: a,
                step: b,
                mode: a,
                per: Some(b),
            },
            Op::List(vec![
                Item {
                    when: Some(a),
                    value: b,
                },
                Item {
                    when: None,
                    value: a,
                },
            ]),
            Op::Text(vec![
                TextPart::Text("über \u{1}\n".to_owned()),
                TextPart::Hole(b),
            ]),
            Op::Let {
                slot: Slot(3),
                mode: LetMode::Now,
                value: a,
                body: b,
            },
        ])
    });
    let many = nodes().prop_flat_map(|all| {
        prop::sample::select(vec![
            Op::Counted {
                how: Counting::AtLeast(2),
                items: all.clone(),
            },
            Op::Builtin(Builtin::AddWorkingDays, all.clone()),
            Op::Record(RecordId(0), all.clone()),
            Op::Call(CallableId(0), all.clone()),
            Op::Reason(ReasonId(0), all.clone()),
            Op::Lowest(all.clone()),
            Op::Lookup {
                relation: RelationId(0),
                key: all,
            },
        ])
    });
    let each = (
        node(),
        nodes(),
        proptest::option::of(node()),
        any::<bool>(),
        slot(),
    )
        .prop_map(|(node, keys, maybe, flag, slot)| {
            Op::Loop(Box::new(Loop {
                sources: vec![
                    Source {
                        slot,
                        over: Over::List(node),
                    },
                    Source {
                        slot: Slot(4),
                        over: Over::Indexed {
                            relation: RelationId(0),
                            index: IndexId(0),
                            key: keys.clone(),
                        },
                    },
                ],
                filter: maybe,
                order: keys
                    .iter()
                    .map(|key| Key {
                        value: *key,
                        descending: flag,
                    })
                    .collect(),
                until: maybe,
                carries: vec![Carry {
                    slot: Slot(5),
                    start: node,
                    next: maybe,
                    in_shares: flag,
                }],
                lets: vec![LoopLet {
                    slot,
                    mode: LetMode::Lazy,
                    value: node,
                }],
                running: u32::from(flag),
                shares: vec![Share {
                    guard: maybe,
                    total: node,
                    weight: node,
                    step: node,
                    mode: node,
                    per: maybe,
                    rest: Rest::Largest,
                    place: PlaceId(u32::from(flag)),
                }],
                result: if flag {
                    LoopResult::Group {
                        keys,
                        record: RecordId(0),
                    }
                } else {
                    LoopResult::Highest(node)
                },
            }))
        });
    prop_oneof![2 => leaf, 3 => one, 4 => two, 2 => many, 1 => each].boxed()
}

fn constant() -> impl Strategy<Value = Const> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Const::Bool),
        any::<i64>().prop_map(Const::Int),
        (any::<i64>(), 0u32..19).prop_map(|(top, scale)| Const::Num(Decimal::new(top, scale))),
        any::<String>().prop_map(Const::Text),
        any::<String>().prop_map(Const::Code),
        (-800_000i32..3_000_000).prop_map(Const::Date),
        Just(Const::DateFormula("CM+1D".to_owned())),
        Just(Const::Calendar("NL".to_owned())),
        (0u32..5, 0u32..4).prop_map(|(id, at)| Const::Enum(EnumId(id), at)),
        Just(Const::Missing),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Const::List),
            proptest::collection::vec(inner, 0..3)
                .prop_map(|values| Const::Record(RecordId(0), values)),
        ]
    })
}

fn ty() -> impl Strategy<Value = Type> {
    let number = (
        any::<bool>(),
        proptest::option::of(0u8..28),
        -5i64..5,
        0u8..4,
    )
        .prop_map(|(percent, places, low, ends)| {
            Type::Num(NumType {
                percent,
                places,
                lowest: (ends & 1 == 1).then(|| Decimal::new(low, 1)),
                highest: (ends & 2 == 2).then(|| Decimal::new(low + 10, 2)),
                unit: (places == Some(3) && !percent).then(|| "EUR per \"piece\"".into()),
            })
        });
    let leaf = prop_oneof![
        Just(Type::Bool),
        Just(Type::Int),
        number,
        Just(Type::Code),
        Just(Type::DateFormula),
        Just(Type::Enum(EnumId(4))),
        Just(Type::Enum(EnumId(3))),
        Just(Type::Record(RecordId(0))),
        Just(Type::Row(RelationId(0))),
        Just(Type::Row(RelationId(3))),
        Just(Type::Reason),
    ];
    leaf.prop_recursive(3, 4, 1, |inner| {
        let boxed = inner.prop_map(Box::new);
        prop_oneof![
            boxed.clone().prop_map(Type::Optional),
            (boxed, proptest::option::of(0u32..9))
                .prop_map(|(item, at_most)| Type::List { item, at_most }),
        ]
    })
}

fn facts() -> impl Strategy<Value = Option<NumFacts>> {
    let places = prop_oneof![
        (0u8..30).prop_map(Places::AtMost),
        Just(Places::FromData),
        Just(Places::Open)
    ];
    proptest::option::of(
        (places, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
            |(places, low, high, exact)| NumFacts {
                places,
                lowest: low.then(|| Decimal::new(-125, 2)),
                highest: high.then(|| Decimal::new(3, 0)),
                exact,
            },
        ),
    )
}

fn nodes() -> impl Strategy<Value = Vec<Node>> {
    (1u32..14).prop_flat_map(|count| {
        let all: Vec<_> = (0..count)
            .map(|at| (op(at), ty(), facts(), 0u32..3))
            .collect();
        all.prop_map(|all| {
            all.into_iter()
                .map(|(op, ty, facts, place)| Node {
                    op,
                    ty,
                    facts,
                    place: PlaceId(place),
                })
                .collect()
        })
    })
}

fn body(count: u32) -> impl Strategy<Value = Body> {
    let node = move || (0..count).prop_map(NodeId);
    let test = move || {
        (node(), node(), any::<bool>()).prop_flat_map(|(a, b, below)| {
            prop::sample::select(vec![
                Test::Missing,
                Test::Equal(a),
                Test::Compare(Order::LessOrEqual, a),
                Test::Range {
                    low: a,
                    high: Some(b),
                    below,
                },
                Test::Range {
                    low: a,
                    high: None,
                    below,
                },
            ])
        })
    };
    let cell = move || {
        proptest::collection::vec(test(), 0..3).prop_flat_map(|tests| {
            prop::sample::select(vec![
                Cell::Any,
                Cell::OneOf(tests.clone()),
                Cell::NoneOf(tests),
            ])
        })
    };
    let row = move || {
        (cell(), node(), "[a-z ]{0,3}").prop_map(|(cell, output, name)| Row {
            name,
            cells: vec![cell],
            outputs: vec![output],
            place: PlaceId(1),
        })
    };
    let column = move || {
        node().prop_map(|value| Column {
            name: "a \\ b".to_owned(),
            value,
        })
    };
    let rows = move || proptest::collection::vec(row(), 0..4);
    let rule = (
        proptest::option::of(node()),
        node(),
        node(),
        proptest::option::of(node()),
        any::<bool>(),
    )
        .prop_map(|(maybe, a, b, cap, flag)| {
            let exception = |name: &str, overrides| Exception {
                name: name.to_owned(),
                from: flag.then_some(20_000),
                to: maybe.map(|_| 20_001),
                when: maybe,
                unless: cap,
                then: b,
                overrides,
                because: if flag {
                    "why".to_owned()
                } else {
                    String::new()
                },
                place: PlaceId(2),
            };
            Body::Rule(Rule {
                as_of: maybe,
                default: flag.then(|| DefaultValue {
                    value: a,
                    because: String::new(),
                    place: PlaceId(0),
                }),
                exceptions: vec![
                    exception("a", vec![]),
                    exception("x.b", vec![0, 7]),
                    exception("not a word", vec![1]),
                ],
                combine: cap.map(|cap| Combine {
                    how: CombineHow::Compound,
                    cap: flag.then_some(cap),
                }),
                may_agree: flag,
            })
        });
    prop_oneof![
        node().prop_map(Body::Define),
        (node(), node()).prop_map(|(a, b)| {
            let value = |from, value| ParameterValue {
                from,
                value,
                because: "law".to_owned(),
                place: PlaceId(1),
            };
            Body::Parameter(vec![value(None, a), value(Some(15_000), b)])
        }),
        rule,
        (column(), rows(), any::<bool>()).prop_map(|(column, rows, flag)| Body::Table(Table {
            hit: if flag {
                Hit::ListByPriority
            } else {
                Hit::Count
            },
            columns: vec![column],
            outputs: vec!["rate".to_owned(), "x y".to_owned()],
            record: flag.then_some(RecordId(0)),
            rows: rows.into(),
        })),
        (column(), column(), cell(), rows()).prop_map(|(one, across, cell, rows)| {
            Body::Grid(Grid {
                columns: vec![one],
                across,
                heads: vec![GridHead {
                    name: "0+".to_owned(),
                    cell,
                    place: PlaceId(2),
                }],
                rows,
            })
        }),
    ]
}

fn callable() -> impl Strategy<Value = Callable> {
    nodes().prop_flat_map(|nodes| {
        let count = u32::try_from(nodes.len()).unwrap();
        (Just(nodes), body(count), proptest::collection::vec(ty(), 6)).prop_map(
            |(nodes, body, types)| {
                let names = ["p", "odd name", "x", "x", "y", "z"];
                let slots: Vec<Param> = names
                    .iter()
                    .zip(types)
                    .map(|(name, ty)| Param {
                        name: (*name).to_owned(),
                        ty,
                        sensitive: *name == "odd name",
                    })
                    .collect();
                Callable {
                    name: "f g".to_owned(),
                    module: "m".to_owned(),
                    params: slots[..2].to_vec(),
                    result: slots[2].ty.clone(),
                    slots,
                    nodes,
                    body,
                    doc: "A \"doc\"".to_owned(),
                    place: PlaceId(1),
                }
            },
        )
    })
}

fn program() -> impl Strategy<Value = Program> {
    proptest::collection::vec(callable(), 1..3).prop_map(|callables| {
        let mut program = parse(
            "package \"p\" \"1\"
enum m.E { a, \"b c\" }
enum reason { x }
record m.R { field one: int field two: m.E = m.E.a }
relation m.D { key k: code }
reason why () message #0",
        )
        .unwrap();
        program.callables = callables;
        let builtin = builtin_enums(&program);
        assert_eq!(program.enums[..3], builtin);
        program
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 600,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_printed_is_read_back(program in program()) {
        let printed = print(&program);
        let again = parse(&printed);
        prop_assert!(again.is_ok(), "{:?}\n{printed}", again.err());
        let again = again.unwrap();
        prop_assert_eq!(&print(&again), &printed);
        prop_assert_eq!(again, program);
    }

    #[test]
    fn nothing_generated_breaks_the_verifier(program in program()) {
        let (bytes, digest) = write(&program);
        match (read(&bytes), verify(&program)) {
            (Ok(bundle), Ok(verified)) => {
                prop_assert_eq!(bundle.program, verified);
                prop_assert_eq!(bundle.digest, digest);
            }
            (Err(BundleError::Faults(a)), Err(b)) => prop_assert_eq!(a, b),
            (a, b) => prop_assert!(false, "{a:?}\n{b:?}"),
        }
    }

    #[test]
    fn no_text_breaks_the_reader(text in "[a-z(){}@#$%:=,.0-9\" ]{0,60}") {
        let _ = parse(&format!("package \"a\" \"1\" define a.b () gives int {{ {text} }}"));
        let _ = parse(&text);
    }
}
