//! The orders as columns: by rules with the loop inside machine code, and by the same loop in Rust.

use std::hint::black_box;

use assize_runtime::Loaded;
use assize_runtime::columns::{Answers, Batch, Buffer, Cells, Codes, Columns, Data, Field, Kind};

use crate::limit;
use crate::workload::{Decision, Order, Warehouse};

/// Columns of orders.
pub struct Orders {
    rows: usize,
    segment: Vec<i8>,
    tier: Vec<i64>,
    credit_limit: Vec<i64>,
    balance: Vec<i64>,
    overdue_days: Vec<i32>,
    blocked: Vec<i8>,
    contract_price: Vec<i64>,
    has_contract: Vec<u8>,
    category: Vec<i8>,
    quantity: Vec<i64>,
    list_price: Vec<i64>,
    cost: Vec<i64>,
    number: Vec<i32>,
    on_hand: Vec<i64>,
    reserved: Vec<i64>,
    safety: Vec<i64>,
    date: Vec<i32>,
}

impl Orders {
    pub fn new(orders: &[Order]) -> Orders {
        fn all<T>(orders: &[Order], of: impl Fn(&Order) -> T) -> Vec<T> {
            orders.iter().map(of).collect()
        }
        let each = |of: fn(&Warehouse) -> i64| -> Vec<i64> {
            orders
                .iter()
                .flat_map(|it| it.warehouses.iter().map(of))
                .collect()
        };
        let bits = orders.chunks(8).map(|eight| {
            let bits = eight.iter().enumerate();
            bits.fold(0, |all, (at, it)| {
                all | u8::from(it.has_contract != 0) << at
            })
        });
        Orders {
            rows: orders.len(),
            segment: all(orders, |it| it.segment as i8),
            tier: all(orders, |it| i64::from(it.tier)),
            credit_limit: all(orders, |it| it.credit_limit),
            balance: all(orders, |it| it.balance),
            overdue_days: all(orders, |it| it.overdue_days),
            blocked: all(orders, |it| it.blocked as i8),
            contract_price: all(orders, |it| it.contract_price),
            has_contract: bits.collect(),
            category: all(orders, |it| it.category as i8),
            quantity: all(orders, |it| it.qty),
            list_price: all(orders, |it| it.list_price),
            cost: all(orders, |it| it.cost),
            number: (0..orders.len()).flat_map(|_| [0, 1, 2]).collect(),
            on_hand: each(|it| it.on_hand),
            reserved: each(|it| it.reserved),
            safety: each(|it| it.safety),
            date: all(orders, |it| it.date),
        }
    }

    fn buffers(&self) -> [Buffer<'_>; 17] {
        [
            Cells::I8(&self.segment).into(),
            Cells::I64(&self.tier).into(),
            Cells::I64(&self.credit_limit).into(),
            Cells::I64(&self.balance).into(),
            Cells::I32(&self.overdue_days).into(),
            Cells::I8(&self.blocked).into(),
            Cells::I64(&self.contract_price).valid(&self.has_contract),
            Cells::I8(&self.category).into(),
            Cells::I64(&self.quantity).into(),
            Cells::I64(&self.list_price).into(),
            Cells::I64(&self.cost).into(),
            Cells::Nothing.into(),
            Cells::I32(&self.number).into(),
            Cells::I64(&self.on_hand).into(),
            Cells::I64(&self.reserved).into(),
            Cells::I64(&self.safety).into(),
            Cells::I32(&self.date).into(),
        ]
    }
}

/// Binds the rules to columns.
pub fn bound(loaded: &Loaded) -> Columns<'_> {
    let names = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned());
        Kind::Dictionary(Codes::Int8, names.collect())
    };
    let fields = [
        Field::new("order.customer.segment", names(&crate::workload::SEGMENTS)),
        Field::new("order.customer.tier", Kind::Decimal64(0)),
        Field::new("order.customer.credit_limit", Kind::Decimal64(2)),
        Field::new("order.customer.balance", Kind::Decimal64(2)),
        Field::new("order.customer.overdue_days", Kind::Int32),
        Field::new("order.customer.blocked", names(&crate::workload::BLOCKED)),
        Field::new("order.customer.contract_price", Kind::Decimal64(4)).nullable(),
        Field::new("order.line.category", names(&crate::workload::CATEGORIES)),
        Field::new("order.line.quantity", Kind::Decimal64(3)),
        Field::new("order.line.list_price", Kind::Decimal64(2)),
        Field::new("order.line.cost", Kind::Decimal64(4)),
        Field::new("order.line.warehouses", Kind::FixedSizeList(3)),
        Field::new("order.line.warehouses[].number", Kind::Int32),
        Field::new("order.line.warehouses[].on_hand", Kind::Decimal64(3)),
        Field::new("order.line.warehouses[].reserved", Kind::Decimal64(3)),
        Field::new("order.line.warehouses[].safety", Kind::Decimal64(3)),
        Field::new("order.date", Kind::Date32),
    ];
    let columns = loaded.columns("checkout_line", &fields, &["reasons"]);
    columns.expect("the columns fit the rules")
}

/// Decides all orders.
pub fn decide<'b>(batch: &'b mut Batch<'_>, orders: &Orders) -> &'b Answers {
    let answers = batch.decide(orders.rows, &orders.buffers());
    answers.expect("the buffers are those that were bound")
}

/// The decision of a row.
pub fn decision(answers: &Answers, row: usize) -> Decision {
    let fixed = |path: &str| match answers.column(path).map(|it| &it.data) {
        Some(Data::Fixed(_, data)) => data[row],
        other => panic!("{path} is {other:?}"),
    };
    let choice = |path: &str| match answers.column(path).map(|it| &it.data) {
        Some(Data::Choice(_, data)) => data[row] as u8,
        other => panic!("{path} is {other:?}"),
    };
    let reasons = match answers.column("reasons").map(|it| &it.data) {
        Some(Data::Set(_, data)) => data[row] as u32,
        other => panic!("the reasons are {other:?}"),
    };
    let warehouse = answers.column("warehouse").expect("a column of warehouses");
    let there = warehouse
        .there
        .as_ref()
        .is_some_and(|there| there[row] == 1);
    let warehouse = match &warehouse.data {
        Data::Int(data) if there => data[row] as i8,
        _ => -1,
    };
    Decision {
        unit_price: fixed("unit_price"),
        discount: fixed("discount"),
        amount: fixed("amount"),
        reasons,
        stock: choice("stock"),
        credit: choice("credit"),
        warehouse,
        _pad: 0,
    }
}

/// Columns of answers of the loop in Rust.
#[derive(Default)]
pub struct ByHand {
    unit_price: Vec<i64>,
    discount: Vec<i64>,
    amount: Vec<i64>,
    stock: Vec<u32>,
    warehouse: Vec<i64>,
    there: Vec<u8>,
    credit: Vec<u32>,
    reasons: Vec<u64>,
}

impl ByHand {
    /// The same loop: cells into an order, the decision that assumes all ranges, and the result into cells.
    pub fn decide(&mut self, orders: &Orders) {
        let rows = orders.rows;
        self.unit_price.resize(rows, 0);
        self.discount.resize(rows, 0);
        self.amount.resize(rows, 0);
        self.stock.resize(rows, 0);
        self.warehouse.resize(rows, 0);
        self.there.resize(rows, 0);
        self.credit.resize(rows, 0);
        self.reasons.resize(rows, 0);
        for row in 0..rows {
            let warehouse = |at: usize| Warehouse {
                on_hand: orders.on_hand[3 * row + at],
                reserved: orders.reserved[3 * row + at],
                safety: orders.safety[3 * row + at],
            };
            let order = Order {
                credit_limit: orders.credit_limit[row],
                balance: orders.balance[row],
                contract_price: orders.contract_price[row],
                qty: orders.quantity[row],
                list_price: orders.list_price[row],
                cost: orders.cost[row],
                warehouses: [warehouse(0), warehouse(1), warehouse(2)],
                overdue_days: orders.overdue_days[row],
                date: orders.date[row],
                segment: orders.segment[row] as u8,
                tier: orders.tier[row] as u8,
                blocked: orders.blocked[row] as u8,
                category: orders.category[row] as u8,
                has_contract: orders.has_contract[row / 8] >> (row % 8) & 1,
                _pad: [0; 3],
            };
            let decision = limit::decide(&order);
            self.unit_price[row] = decision.unit_price;
            self.discount[row] = decision.discount;
            self.amount[row] = decision.amount;
            self.stock[row] = u32::from(decision.stock);
            self.credit[row] = u32::from(decision.credit);
            self.there[row] = u8::from(decision.warehouse >= 0);
            self.warehouse[row] = i64::from(decision.warehouse.max(0));
            self.reasons[row] = u64::from(decision.reasons);
        }
        black_box(&*self);
    }
}
