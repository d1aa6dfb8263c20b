//! The fields of a kind of record and their types.

/// The type of a field's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// True or false.
    Bool,
    /// Whole numbers (i64).
    Int,
    /// Finite 64-bit numbers.
    Float,
    /// Exact decimal numbers (money).
    Decimal,
    /// Text. A field with `choices` is a choice.
    Text,
    /// A calendar date.
    Date,
    /// An instant.
    Time,
    /// An exact length of time.
    Duration,
    /// A promised time: `4h`, `3bd`, `30d`.
    Amount,
    /// A list of values.
    List(Element),
}

/// What a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Element {
    /// True or false.
    Bool,
    /// Whole numbers.
    Int,
    /// 64-bit numbers.
    Float,
    /// Text.
    Text,
    /// Instants: what is read off the events of a case.
    Time,
    /// Promised times, likewise.
    Amount,
}

impl Element {
    /// The type of one element.
    #[must_use]
    pub const fn as_type(self) -> Type {
        match self {
            Self::Bool => Type::Bool,
            Self::Int => Type::Int,
            Self::Float => Type::Float,
            Self::Text => Type::Text,
            Self::Time => Type::Time,
            Self::Amount => Type::Amount,
        }
    }
}

impl Type {
    /// The name that people write: `type = "decimal"`. Lists print as `list of text`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::Decimal => "decimal",
            Self::Text => "text",
            Self::Date => "date",
            Self::Time => "time",
            Self::Duration => "duration",
            Self::Amount => "amount",
            Self::List(Element::Bool) => "list of bool",
            Self::List(Element::Int) => "list of int",
            Self::List(Element::Float) => "list of float",
            Self::List(Element::Text) => "list of text",
            Self::List(Element::Time) => "list of time",
            Self::List(Element::Amount) => "list of amount",
        }
    }
}

/// One field of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name that rules use; an identifier.
    pub name: String,
    /// The column's or key's name in the data.
    pub from: String,
    /// The type of its values.
    pub ty: Type,
    /// The closed list of a choice; empty for all else.
    pub choices: Vec<String>,
    /// How times and dates are written (`strptime`), where it is not ISO 8601.
    pub format: Option<String>,
    /// How a list is split in one cell; `;` unless told.
    pub separator: Option<String>,
    /// True where the type was read off the sample, false where the project gave it.
    pub inferred: bool,
}

/// The fields of a source, frozen before the first record is judged.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Schema {
    /// In the order of the data, then those that only later files have.
    pub fields: Vec<Field>,
}

impl Schema {
    /// Where the field called `name` stands.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|it| it.name == name)
    }

    /// The field called `name`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|it| it.name == name)
    }
}
