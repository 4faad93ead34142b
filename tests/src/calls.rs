//! What goes to the engine: counted, and told apart by the function that asked.
//!
//! With `CALLS_LOG` set to a file, each function's kinds of calls are added to it, a line each, as IAM names them:
//! `record-vote dynamodb:PutItem submissions`. `scripts/permissions` compares them with the roles of the template.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::OpenOptions,
    io::Write,
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef},
    error::BoxError,
};

/// Each attempt of each operation since the last look.
#[derive(Debug, Clone, Default)]
pub struct Calls(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    counts: BTreeMap<String, usize>,
    function: Option<&'static str>,
    kinds: BTreeSet<String>,
}

impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "calls"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let target = context.request().headers().get("x-amz-target").unwrap_or("none");
        let operation = target.rsplit('.').next().unwrap_or(target).to_owned();
        let mut seen = self.0.lock().unwrap();
        if let Some(function) = seen.function {
            let body: serde_json::Value =
                serde_json::from_slice(context.request().body().bytes().unwrap_or_default())?;
            seen.kinds.extend(kinds(&operation, &body).into_iter().map(|kind| format!("{function} {kind}")));
        }
        *seen.counts.entry(operation).or_default() += 1;
        Ok(())
    }
}

/// What IAM asks for before it lets a request through: a transaction's items are asked for one by one.
fn kinds(operation: &str, body: &serde_json::Value) -> Vec<String> {
    let kind = |action: &str, on: &serde_json::Value| {
        let table = on["TableName"].as_str().unwrap_or_default();
        let table = table.rsplit('-').next().unwrap_or_default();
        let index = on["IndexName"].as_str().map(|index| format!("/index/{index}")).unwrap_or_default();
        format!("dynamodb:{action} {table}{index}")
    };
    let Some(items) = body["TransactItems"].as_array() else {
        return vec![kind(operation, body)];
    };
    let items = items.iter().filter_map(|item| item.as_object()?.iter().next());
    items
        .map(|(action, on)| match action.as_str() {
            "ConditionCheck" => kind("ConditionCheckItem", on),
            action => kind(&format!("{action}Item"), on),
        })
        .collect()
}

impl Calls {
    /// Such as `GetItem 1, TransactWriteItems 1`.
    pub fn take(&self) -> String {
        let counts = std::mem::take(&mut self.0.lock().unwrap().counts);
        counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
    }

    /// What happens meanwhile is this function's.
    pub(crate) async fn of<T>(&self, function: &'static str, step: impl Future<Output = T>) -> T {
        self.0.lock().unwrap().function = Some(function);
        let done = step.await;
        self.0.lock().unwrap().function = None;
        done
    }

    /// A call that goes to no table.
    pub(crate) fn note(&self, action: &str, resource: &str) {
        let mut seen = self.0.lock().unwrap();
        if let Some(function) = seen.function {
            seen.kinds.insert(format!("{function} {action} {resource}"));
        }
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        let Some(log) = std::env::var_os("CALLS_LOG").filter(|_| !self.kinds.is_empty()) else { return };
        let lines = self.kinds.iter().map(|kind| format!("{kind}\n")).collect::<String>();
        // One write: the lines of tests that run at the same time do not mix.
        OpenOptions::new().create(true).append(true).open(log).unwrap().write_all(lines.as_bytes()).unwrap();
    }
}
