//! Rhai engines: one that parses, and one that runs with the meaning of the rule language and
//! without any power beyond its record.

use super::values::{Absence, Day, Instant, Mark, Money, Span, Unreadable};
use crate::{
    calendar::Zone,
    expr::{Cause, FUNCTIONS, Function, Kernel, Program},
    record::{Decimal, Type},
};
use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString, Position};
use std::{any::TypeId, str::FromStr, sync::Arc};

/// Explicit limits, the same in debug and release builds.
mod limits {
    pub(super) const OPERATIONS: u64 = 1_000_000;
    pub(super) const CALL_LEVELS: usize = 32;
    pub(super) const EXPR_DEPTH: usize = 64;
    pub(super) const FUNCTION_EXPR_DEPTH: usize = 32;
    pub(super) const STRING_LEN: usize = 1 << 20;
    pub(super) const ARRAY_LEN: usize = 100_000;
    pub(super) const MAP_LEN: usize = 10_000;
    pub(super) const VARIABLES: usize = 1_000;
    pub(super) const FUNCTIONS: usize = 100;
}

pub(super) type Answer<T> = Result<T, Box<EvalAltResult>>;

/// An engine that parses: nothing is folded, so that the tree is as written.
pub(super) fn parser() -> Engine {
    let mut engine = Engine::new_raw();
    limit(&mut engine);
    engine.set_optimization_level(rhai::OptimizationLevel::None);
    engine
}

fn limit(engine: &mut Engine) {
    engine.set_max_operations(limits::OPERATIONS);
    engine.set_max_call_levels(limits::CALL_LEVELS);
    engine.set_max_expr_depths(limits::EXPR_DEPTH, limits::FUNCTION_EXPR_DEPTH);
    engine.set_max_string_size(limits::STRING_LEN);
    engine.set_max_array_size(limits::ARRAY_LEN);
    engine.set_max_map_size(limits::MAP_LEN);
    engine.set_max_variables(limits::VARIABLES);
    engine.set_max_functions(limits::FUNCTIONS);
    engine.set_max_modules(0);
}

/// An engine that runs scripts of rules.
pub(super) fn runner(program: &Arc<Program>) -> Engine {
    let mut engine = Engine::new();
    limit(&mut engine);
    engine.set_optimization_level(rhai::OptimizationLevel::None);
    // Rhai's built-in operators answer `false` for values that are missing or of unlike types; ours must be asked.
    engine.set_fast_operators(false);
    engine.set_module_resolver(rhai::module_resolvers::DummyModuleResolver::new());
    engine.on_print(|_| {});
    engine.on_debug(|_, _, _| {});
    for word in ["eval", "try", "catch", "throw", "type_of", "sleep"] {
        engine.disable_symbol(word);
    }
    engine.register_fn("sleep", |_: i64| forbidden()).register_fn("sleep", |_: f64| forbidden());
    names(&mut engine);
    absences(&mut engine);
    ints(&mut engine);
    floats(&mut engine);
    times(&mut engine);
    money(&mut engine);
    super::lists::register_lists(&mut engine);
    for function in FUNCTIONS {
        register(&mut engine, *function, &program.zone);
    }
    engine
}

fn names(engine: &mut Engine) {
    engine.register_type_with_name::<Instant>("time");
    engine.register_type_with_name::<Day>("date");
    engine.register_type_with_name::<Span>("duration");
    engine.register_type_with_name::<Money>("decimal");
    engine.register_type_with_name::<Unreadable>("unreadable");
    engine.register_fn("is_missing", |value: Dynamic| -> Answer<bool> {
        if value.is::<Unreadable>() { absent(&value) } else { Ok(value.is_unit()) }
    });
    engine.register_fn("known", |value: Dynamic| -> Answer<Dynamic> {
        if Absence::of(&value).is_some() { absent(&value) } else { Ok(value) }
    });
    engine.register_fn("readable", |value: Dynamic| -> Answer<Dynamic> {
        if value.is::<Unreadable>() { absent(&value) } else { Ok(value) }
    });
    engine.register_fn("pass", || -> Answer<bool> { Err(verdict(Mark::Pass)) });
    engine.register_fn("not_applicable", || -> Answer<bool> { Err(verdict(Mark::NotApplicable)) });
    engine.register_fn("fail", || -> Answer<bool> { Err(verdict(Mark::Fail("".into()))) });
    engine.register_fn("fail", |why: ImmutableString| -> Answer<bool> {
        Err(verdict(Mark::Fail(why.as_str().into())))
    });
}

/// An error that carries what it means for the record.
pub(super) fn mark(mark: Mark) -> Box<EvalAltResult> {
    EvalAltResult::ErrorRuntime(Dynamic::from(mark), Position::NONE).into()
}

/// A verdict ends the script, and nothing can catch it.
fn verdict(verdict: Mark) -> Box<EvalAltResult> {
    EvalAltResult::ErrorTerminated(Dynamic::from(verdict), Position::NONE).into()
}

fn forbidden() -> Answer<()> {
    Err(mark(Mark::Fault(Cause::Script("sleep".into()))))
}

pub(super) fn fault<T>(cause: Cause) -> Answer<T> {
    Err(mark(Mark::Fault(cause)))
}

const OPERATORS: [&str; 16] =
    ["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "**", "contains", "in", "..", "..="];

/// Any operator that meets a missing value gives no evidence: an overload for each pair of types,
/// because Rhai's own answer would be `false` or a text.
fn absences(engine: &mut Engine) {
    let others = [
        TypeId::of::<bool>(),
        TypeId::of::<i64>(),
        TypeId::of::<f64>(),
        TypeId::of::<ImmutableString>(),
        TypeId::of::<char>(),
        TypeId::of::<rhai::Array>(),
        TypeId::of::<rhai::Map>(),
        TypeId::of::<Instant>(),
        TypeId::of::<Day>(),
        TypeId::of::<Span>(),
        TypeId::of::<Money>(),
    ];
    let absent = [TypeId::of::<()>(), TypeId::of::<Unreadable>()];
    for operator in OPERATORS {
        for one in absent {
            for other in others.into_iter().chain(absent) {
                for types in [[one, other], [other, one]] {
                    engine.register_raw_fn(operator, types, |_, args| first_absent(args));
                }
            }
        }
    }
    for operator in ["!", "-", "+"] {
        for one in absent {
            engine.register_raw_fn(operator, [one], |_, args| first_absent(args));
        }
    }
}

/// No evidence, for want of a value.
fn absent<T>(value: &Dynamic) -> Answer<T> {
    Err(mark(Mark::Absent(Absence::of(value).unwrap_or(Absence(None)))))
}

/// No evidence, for want of the first argument that is not there.
fn first_absent(args: &[&mut Dynamic]) -> Answer<bool> {
    let first = args.iter().find_map(|it| Absence::of(it));
    Err(mark(Mark::Absent(first.unwrap_or(Absence(None)))))
}

/// A function of so many arguments is told apart by which of them are there; of more, the text of the
/// script tells what was missing.
const ABSENT_ARGUMENTS_MAX: usize = 4;

/// A function of these types gives no evidence where an argument is not there.
pub(super) fn register_absences(engine: &mut Engine, name: &str, types: &[TypeId]) {
    if types.len() > ABSENT_ARGUMENTS_MAX {
        return;
    }
    let states = [None, Some(TypeId::of::<()>()), Some(TypeId::of::<Unreadable>())];
    let size = u32::try_from(types.len()).unwrap_or(0);
    for choice in 1..states.len().pow(size) {
        let state =
            |at: usize| states[choice / states.len().pow(u32::try_from(at).unwrap_or(0)) % states.len()];
        let with: Vec<TypeId> = types.iter().enumerate().map(|(at, ty)| state(at).unwrap_or(*ty)).collect();
        engine.register_raw_fn(name, with, |_, args| first_absent(args));
    }
}

/// Integers: Rhai's own answers do not tell a division by zero from an overflow.
fn ints(engine: &mut Engine) {
    fn divided(a: i64, b: i64, code: fn(i64, i64) -> Option<i64>) -> Answer<i64> {
        if b == 0 { fault(Cause::DivisionByZero) } else { checked(code(a, b)) }
    }
    engine
        .register_fn("/", |a: i64, b: i64| divided(a, b, i64::checked_div))
        .register_fn("%", |a: i64, b: i64| divided(a, b, i64::checked_rem));
}

/// Floats: exact comparison, and no result that is not finite.
fn floats(engine: &mut Engine) {
    #[expect(clippy::cast_precision_loss, reason = "that is what a float is")]
    fn widen(it: i64) -> f64 {
        it as f64
    }
    fn finite(value: f64, divisor: Option<f64>) -> Answer<f64> {
        match divisor {
            _ if value.is_finite() => Ok(value),
            Some(divisor) if divisor.abs() <= 0.0 => fault(Cause::DivisionByZero),
            _ => fault(Cause::NotFinite),
        }
    }
    macro_rules! both {
        ($left:ty, $right:ty, $a:ident => $wide_a:expr, $b:ident => $wide_b:expr) => {
            #[expect(clippy::float_cmp, reason = "comparison is exact in both evaluators")]
            {
                engine
                    .register_fn("==", |$a: $left, $b: $right| $wide_a == $wide_b)
                    .register_fn("!=", |$a: $left, $b: $right| $wide_a != $wide_b)
                    .register_fn("<", |$a: $left, $b: $right| $wide_a < $wide_b)
                    .register_fn("<=", |$a: $left, $b: $right| $wide_a <= $wide_b)
                    .register_fn(">", |$a: $left, $b: $right| $wide_a > $wide_b)
                    .register_fn(">=", |$a: $left, $b: $right| $wide_a >= $wide_b)
                    .register_fn("+", |$a: $left, $b: $right| finite($wide_a + $wide_b, None))
                    .register_fn("-", |$a: $left, $b: $right| finite($wide_a - $wide_b, None))
                    .register_fn("*", |$a: $left, $b: $right| finite($wide_a * $wide_b, None))
                    .register_fn("/", |$a: $left, $b: $right| finite($wide_a / $wide_b, Some($wide_b)))
                    .register_fn("%", |$a: $left, $b: $right| finite($wide_a % $wide_b, Some($wide_b)))
                    .register_fn("**", |$a: $left, $b: $right| finite($wide_a.powf($wide_b), None));
            }
        };
    }
    both!(f64, f64, a => a, b => b);
    both!(i64, f64, a => widen(a), b => b);
    both!(f64, i64, a => a, b => widen(b));
}

/// Comparison of a type with itself.
macro_rules! ordered {
    ($engine:expr, $ty:ty) => {
        $engine
            .register_fn("==", |a: $ty, b: $ty| a == b)
            .register_fn("!=", |a: $ty, b: $ty| a != b)
            .register_fn("<", |a: $ty, b: $ty| a < b)
            .register_fn("<=", |a: $ty, b: $ty| a <= b)
            .register_fn(">", |a: $ty, b: $ty| a > b)
            .register_fn(">=", |a: $ty, b: $ty| a >= b)
    };
}

fn checked(value: Option<i64>) -> Answer<i64> {
    value.map_or_else(|| fault(Cause::Overflow), Ok)
}

/// Times, dates and durations.
#[expect(clippy::cast_precision_loss, reason = "durations beyond 2^53 microseconds are 285 years")]
fn times(engine: &mut Engine) {
    ordered!(engine, Instant);
    ordered!(engine, Day);
    ordered!(engine, Span);
    engine
        .register_fn("-", |a: Instant, b: Instant| checked(a.0.checked_sub(b.0)).map(Span))
        .register_fn("-", |a: Instant, b: Span| checked(a.0.checked_sub(b.0)).map(Instant))
        .register_fn("+", |a: Instant, b: Span| checked(a.0.checked_add(b.0)).map(Instant))
        .register_fn("+", |a: Span, b: Instant| checked(a.0.checked_add(b.0)).map(Instant))
        .register_fn("-", |a: Day, b: Day| {
            checked(a.0.checked_sub(b.0).and_then(|it| it.checked_mul(86_400_000_000))).map(Span)
        })
        .register_fn("+", |a: Span, b: Span| checked(a.0.checked_add(b.0)).map(Span))
        .register_fn("-", |a: Span, b: Span| checked(a.0.checked_sub(b.0)).map(Span))
        .register_fn("-", |a: Span| checked(a.0.checked_neg()).map(Span))
        .register_fn("*", |a: Span, b: i64| checked(a.0.checked_mul(b)).map(Span))
        .register_fn("*", |a: i64, b: Span| checked(a.checked_mul(b.0)).map(Span))
        .register_fn("*", |a: Span, b: f64| scaled(a.0 as f64 * b, None))
        .register_fn("*", |a: f64, b: Span| scaled(a * b.0 as f64, None))
        .register_fn("/", |a: Span, b: i64| {
            if b == 0 { fault(Cause::DivisionByZero) } else { checked(a.0.checked_div(b)).map(Span) }
        })
        .register_fn("/", |a: Span, b: f64| scaled(a.0 as f64 / b, Some(b)))
        .register_fn(
            "/",
            |a: Span, b: Span| {
                if b.0 == 0 { fault(Cause::DivisionByZero) } else { Ok(a.0 as f64 / b.0 as f64) }
            },
        );
}

#[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
fn scaled(micros: f64, divisor: Option<f64>) -> Answer<Span> {
    match divisor {
        Some(divisor) if divisor.abs() <= 0.0 => fault(Cause::DivisionByZero),
        _ if micros.is_finite() && micros.abs() < 9.2e18 => Ok(Span(micros as i64)),
        _ => fault(Cause::Overflow),
    }
}

/// Exact amounts; a float meets one as the decimal it prints as.
fn money(engine: &mut Engine) {
    fn exact(it: f64) -> Money {
        Money(Decimal::from_str(&it.to_string()).unwrap_or_default())
    }
    fn whole(it: i64) -> Money {
        Money(it.into())
    }
    macro_rules! pair {
        ($left:ty, $right:ty, $a:ident => $exact_a:expr, $b:ident => $exact_b:expr) => {
            engine
                .register_fn("==", |$a: $left, $b: $right| $exact_a == $exact_b)
                .register_fn("!=", |$a: $left, $b: $right| $exact_a != $exact_b)
                .register_fn("<", |$a: $left, $b: $right| $exact_a < $exact_b)
                .register_fn("<=", |$a: $left, $b: $right| $exact_a <= $exact_b)
                .register_fn(">", |$a: $left, $b: $right| $exact_a > $exact_b)
                .register_fn(">=", |$a: $left, $b: $right| $exact_a >= $exact_b)
                .register_fn("+", |$a: $left, $b: $right| reckoned($exact_a.0.checked_add($exact_b.0)))
                .register_fn("-", |$a: $left, $b: $right| reckoned($exact_a.0.checked_sub($exact_b.0)))
                .register_fn("*", |$a: $left, $b: $right| reckoned($exact_a.0.checked_mul($exact_b.0)))
                .register_fn("/", |$a: $left, $b: $right| {
                    divided($exact_a.0, $exact_b.0, Decimal::checked_div)
                })
                .register_fn("%", |$a: $left, $b: $right| {
                    divided($exact_a.0, $exact_b.0, Decimal::checked_rem)
                });
        };
    }
    fn reckoned(value: Option<Decimal>) -> Answer<Money> {
        value.map_or_else(|| fault(Cause::Overflow), |it| Ok(Money(it)))
    }
    fn divided(a: Decimal, b: Decimal, code: fn(Decimal, Decimal) -> Option<Decimal>) -> Answer<Money> {
        if b.is_zero() { fault(Cause::DivisionByZero) } else { reckoned(code(a, b)) }
    }
    pair!(Money, Money, a => a, b => b);
    pair!(Money, i64, a => a, b => whole(b));
    pair!(i64, Money, a => whole(a), b => b);
    pair!(Money, f64, a => a, b => exact(b));
    pair!(f64, Money, a => exact(a), b => b);
    engine.register_fn("-", |a: Money| Money(-a.0));
}

/// How Rhai knows values of a type.
pub(super) fn type_id(ty: Type) -> TypeId {
    match ty {
        Type::Bool => TypeId::of::<bool>(),
        Type::Int => TypeId::of::<i64>(),
        Type::Float => TypeId::of::<f64>(),
        Type::Decimal => TypeId::of::<Money>(),
        Type::Text => TypeId::of::<ImmutableString>(),
        Type::Date => TypeId::of::<Day>(),
        Type::Time => TypeId::of::<Instant>(),
        Type::Duration => TypeId::of::<Span>(),
        Type::Amount | Type::List(_) => TypeId::of::<rhai::Array>(),
    }
}

/// The integer inside a value of one of the types that are kept as integers.
pub(super) fn int(value: &Dynamic) -> i64 {
    let time = value.clone().try_cast::<Instant>().map(|it| it.0);
    let day = || value.clone().try_cast::<Day>().map(|it| it.0);
    let span = || value.clone().try_cast::<Span>().map(|it| it.0);
    value.as_int().ok().or(time).or_else(day).or_else(span).unwrap_or(0)
}

#[expect(clippy::cast_precision_loss, reason = "that is what a float is")]
pub(super) fn float(value: &Dynamic) -> f64 {
    value.as_float().or_else(|_| value.as_int().map(|it| it as f64)).unwrap_or(f64::NAN)
}

pub(super) fn text(value: &Dynamic) -> ImmutableString {
    value.clone().into_immutable_string().unwrap_or_default()
}

pub(super) fn decimal(value: &Dynamic) -> Decimal {
    value
        .clone()
        .try_cast::<Money>()
        .map_or_else(|| value.as_int().map_or(Decimal::ZERO, Decimal::from), |it| it.0)
}

/// An integer as a value of its type.
pub(super) fn typed_int(ty: Type, value: i64) -> Dynamic {
    match ty {
        Type::Time => Dynamic::from(Instant(value)),
        Type::Date => Dynamic::from(Day(value)),
        Type::Duration => Dynamic::from(Span(value)),
        Type::Int | Type::Bool | Type::Float | Type::Decimal | Type::Text | Type::Amount | Type::List(_) => {
            value.into()
        }
    }
}

/// Registers a function of the table under its types, and where it takes floats or decimals also
/// for ints in their place, unless the table has that signature itself.
fn register(engine: &mut Engine, function: Function, zone: &Zone) {
    if function.property {
        let Kernel::IntToFloat(code) = function.kernel else { return };
        engine.register_get(function.name, move |span: &mut Span| code(span.0));
        // Rhai's name of a getter; a raw function sees the value that is not there.
        register_absences(engine, &format!("get${}", function.name), &[TypeId::of::<Span>()]);
        return;
    }
    let wide: Vec<usize> = (0..function.params.len())
        .filter(|it| matches!(function.params[*it], Type::Float | Type::Decimal))
        .collect();
    for choice in 0..1_usize << wide.len() {
        let mut params = function.params.to_vec();
        for (bit, at) in wide.iter().enumerate() {
            if choice >> bit & 1 == 1 {
                params[*at] = Type::Int;
            }
        }
        let taken =
            FUNCTIONS.iter().any(|it| it.name == function.name && !it.property && it.params == params);
        if choice > 0 && taken {
            continue;
        }
        let zone = zone.clone();
        let types: Vec<TypeId> = params.iter().map(|it| type_id(*it)).collect();
        register_absences(engine, function.name, &types);
        engine.register_raw_fn(function.name, types, move |_, args| apply(&function, args, &zone));
    }
}

/// Calls a kernel with Rhai's values.
fn apply(function: &Function, args: &[&mut Dynamic], zone: &Zone) -> Answer<Dynamic> {
    let mut out = String::new();
    let returns = function.returns;
    Ok(match function.kernel {
        Kernel::IntToInt(code) => typed_int(returns, checked(code(int(args[0])))?),
        Kernel::IntToFloat(code) => code(int(args[0])).into(),
        Kernel::IntToText(code) => {
            code(int(args[0]), &mut out);
            out.into()
        }
        Kernel::FloatToFloat(code) => code(float(args[0])).into(),
        Kernel::FloatToInt(code) => typed_int(returns, checked(code(float(args[0])))?),
        Kernel::DecimalToDecimal(code) => Dynamic::from(Money(code(decimal(args[0])))),
        Kernel::IntIntToInt(code) => typed_int(returns, code(int(args[0]), int(args[1]))),
        Kernel::FloatFloatToFloat(code) => code(float(args[0]), float(args[1])).into(),
        Kernel::FloatIntToFloat(code) => code(float(args[0]), int(args[1])).into(),
        Kernel::DecimalDecimalToDecimal(code) => {
            Dynamic::from(Money(code(decimal(args[0]), decimal(args[1]))))
        }
        Kernel::IntIntIntToInt(code) => typed_int(returns, code(int(args[0]), int(args[1]), int(args[2]))),
        Kernel::FloatFloatFloatToFloat(code) => code(float(args[0]), float(args[1]), float(args[2])).into(),
        Kernel::TextToInt(code) => code(&text(args[0])).into(),
        Kernel::TextToText(code) => {
            code(&text(args[0]), &mut out);
            out.into()
        }
        Kernel::TextTextToBool(code) => code(&text(args[0]), &text(args[1])).into(),
        Kernel::TextTextToText(code) => {
            code(&text(args[0]), &text(args[1]), &mut out);
            out.into()
        }
        Kernel::ZonedToInt(code) => typed_int(returns, code(int(args[0]), zone)),
        Kernel::ZonedToText(code) => {
            code(int(args[0]), zone, &mut out);
            out.into()
        }
    })
}
