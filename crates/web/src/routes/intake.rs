//! Reading what strangers send: strictly, without repeating any of it in an error.

use std::{collections::BTreeMap, fmt};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, header},
};
use percent_encoding::percent_decode;
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::LONGEST_BODY;
use crate::pages::Errors;

/// The kinds of body that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    Json,
    Form,
}

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// More than [`LONGEST_BODY`].
    TooLarge,
    /// Not what it says it is.
    Malformed,
}

pub(crate) fn media(headers: &HeaderMap) -> Option<Media> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    match value.split(';').next()?.trim().to_ascii_lowercase().as_str() {
        "application/json" => Some(Media::Json),
        "application/x-www-form-urlencoded" => Some(Media::Form),
        _ => None,
    }
}

pub(crate) async fn body(body: Body) -> Result<Vec<u8>, Unreadable> {
    match to_bytes(body, LONGEST_BODY).await {
        Ok(bytes) => Ok(bytes.into()),
        Err(_) => Err(Unreadable::TooLarge),
    }
}

/// The bytes behind a form's encoding.
fn decoded(part: &[u8]) -> Vec<u8> {
    let spaced = part.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect::<Vec<_>>();
    percent_decode(&spaced).collect()
}

/// What can be read of a form that cannot be taken: screened for danger all the same, and shown to nobody.
pub(crate) fn legible(bytes: &[u8]) -> String {
    let values = bytes.split(|byte| matches!(*byte, b'&' | b'='));
    values.map(|value| String::from_utf8_lossy(&decoded(value)).into_owned()).collect::<Vec<_>>().join("\n")
}

/// The fields of a form: strict UTF-8, each at most once.
#[derive(Default)]
pub(crate) struct Form(BTreeMap<String, String>);

impl Form {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let decode = |part: &[u8]| String::from_utf8(decoded(part)).map_err(|_| Unreadable::Malformed);
        let mut fields = BTreeMap::new();
        for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let at = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = at.map_or((pair, &[][..]), |at| (&pair[..at], &pair[at + 1..]));
            if fields.insert(decode(name)?, decode(value)?).is_some() {
                return Err(Unreadable::Malformed);
            }
        }
        Ok(Self(fields))
    }

    /// A field's value; empty if it is not there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    pub(crate) fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == value
    }
}

/// An object's members, each at most once, not yet read.
pub(crate) struct Object(BTreeMap<String, Box<RawValue>>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a repeated name"));
                    }
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

impl Object {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::Malformed)?;
        serde_json::from_str(text).map_err(|_| Unreadable::Malformed)
    }

    /// Takes a member out; `null` is as if it were not there.
    fn take<T: for<'de> Deserialize<'de>>(
        &mut self,
        name: &str,
        path: &str,
        wanted: &str,
        errors: &mut Errors,
    ) -> Option<T> {
        let raw = self.0.remove(name)?;
        match serde_json::from_str::<Option<T>>(raw.get()) {
            Ok(value) => value,
            Err(_) => {
                errors.add(path, format!("This must be {wanted}."));
                None
            }
        }
    }

    /// Takes an object out. One that repeats a name is malformed wherever it stands: which of the two would count?
    fn take_object(&mut self, name: &str, errors: &mut Errors) -> Result<Option<Self>, Unreadable> {
        let is_object = self.0.get(name).is_some_and(|raw| raw.get().starts_with('{'));
        match (is_object, self.0.get(name)) {
            (true, Some(raw)) => {
                let object = Self::parse(raw.get().as_bytes())?;
                self.0.remove(name);
                Ok(Some(object))
            }
            _ => Ok(self.take(name, name, "an object", errors)),
        }
    }

    fn refuse_the_rest(&self, path: &str, errors: &mut Errors) {
        if !self.0.is_empty() {
            errors.add(path, "Remove the fields that the API does not know.");
        }
    }
}

/// A proposal as it was sent, before anything in it is judged.
#[derive(Default)]
pub(crate) struct Sent {
    pub(crate) text: Option<String>,
    pub(crate) link: Option<String>,
    pub(crate) question: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) contact: bool,
    pub(crate) adult: Option<bool>,
    pub(crate) publish: bool,
    pub(crate) health: bool,
    /// The form's own mark, with which a form that is sent twice counts once.
    pub(crate) form_token: Option<String>,
}

impl Sent {
    pub(crate) fn from_json(bytes: &[u8]) -> Result<(Self, Errors), Unreadable> {
        const TEXT: &str = "text in quotation marks";
        const YES_OR_NO: &str = "true or false";
        let mut errors = Errors::none();
        let mut object = Object::parse(bytes)?;
        let mut sent = Self {
            text: object.take("text", "text", TEXT, &mut errors),
            link: object.take("link", "link", TEXT, &mut errors),
            question: object.take("question", "question", TEXT, &mut errors),
            role: object.take("role", "role", TEXT, &mut errors),
            email: object.take("email", "email", TEXT, &mut errors),
            contact: object.take("contact", "contact", YES_OR_NO, &mut errors).unwrap_or_default(),
            adult: object.take("adult", "adult", YES_OR_NO, &mut errors),
            ..Self::default()
        };
        let consent = object.take_object("consent", &mut errors)?;
        if let Some(mut consent) = consent {
            sent.publish =
                consent.take("publish", "consent.publish", YES_OR_NO, &mut errors).unwrap_or_default();
            sent.health =
                consent.take("health", "consent.health", YES_OR_NO, &mut errors).unwrap_or_default();
            consent.refuse_the_rest("consent", &mut errors);
        }
        object.refuse_the_rest("body", &mut errors);
        Ok((sent, errors))
    }

    pub(crate) fn from_form(bytes: &[u8]) -> Result<(Self, Errors), Unreadable> {
        let form = Form::parse(bytes)?;
        let text = |name: &str| Some(form.get(name)).filter(|value| !value.is_empty()).map(str::to_owned);
        let ticked = |name: &str| form.is(name, "true");
        let sent = Self {
            // An empty field of our own form is an empty text, not a missing one.
            text: form.0.get("text").cloned(),
            link: text("link"),
            question: text("question"),
            role: text("role"),
            email: text("email"),
            contact: ticked("contact"),
            adult: Some(ticked("adult")),
            publish: ticked("consent_publish"),
            health: ticked("consent_health"),
            form_token: text("form_token"),
        };
        Ok((sent, Errors::none()))
    }

    /// Everything in it that somebody wrote: screened for danger even if it is refused.
    pub(crate) fn words(&self) -> String {
        [&self.text, &self.question, &self.link, &self.role, &self.email]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("\n")
    }
}
