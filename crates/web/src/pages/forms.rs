//! What was wrong with a form, listed at its top and said again beside each field.

/// One thing to put right.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FieldError {
    /// The field's name on the page, which is also its `id`.
    pub field: String,
    /// What to do about it, as a sentence that never repeats what was entered.
    pub message: String,
}

/// All that is to be put right on a page; empty at first.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Errors(Vec<FieldError>);

impl Errors {
    /// No errors.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), message: message.into() });
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order of the page.
    pub fn all(&self) -> &[FieldError] {
        &self.0
    }

    /// The message for one field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|error| error.field == field).map(|error| error.message.as_str())
    }

    /// Whether something is wrong with one field.
    pub fn has(&self, field: &str) -> bool {
        self.of(field).is_some()
    }
}

impl FromIterator<(&'static str, String)> for Errors {
    fn from_iter<I: IntoIterator<Item = (&'static str, String)>>(errors: I) -> Self {
        let mut all = Self::none();
        for (field, message) in errors {
            all.add(field, message);
        }
        all
    }
}
