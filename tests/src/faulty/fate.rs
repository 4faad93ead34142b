//! What becomes of a process at one exact moment: each of its calls, to the store and to the platforms, comes past here,
//! is counted, and at the chosen one the test decides whether the process goes on.

use std::{
    future::pending,
    sync::Arc,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use aws_sdk_dynamodb::config::{
    SharedHttpClient,
    http::{HttpRequest, HttpResponse},
};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
    result::ConnectorError,
};
use tokio::sync::{mpsc, oneshot};

use crate::kill::{Point, Side};

/// Sent on, the process goes on; dropped, it has died.
pub(super) type GoOn = oneshot::Sender<()>;

/// The place that all calls come past.
#[derive(Debug)]
pub(super) struct Fate {
    count: AtomicUsize,
    point: Mutex<Option<Point>>,
    reached: mpsc::UnboundedSender<GoOn>,
}

impl Fate {
    /// And where the test hears that the point is reached.
    pub(super) fn new() -> (Arc<Self>, mpsc::UnboundedReceiver<GoOn>) {
        let (reached, hears) = mpsc::unbounded_channel();
        (Arc::new(Self { count: AtomicUsize::default(), point: Mutex::default(), reached }), hears)
    }

    /// Counts from here, up to this point.
    pub(super) fn set(&self, point: Option<Point>) {
        self.count.store(0, Ordering::SeqCst);
        *self.point.lock().unwrap() = point;
    }

    /// Before a call has any effect: its number, or none if the process is dead.
    pub(super) async fn before(&self) -> Option<usize> {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        self.goes_on(Point { number, side: Side::Before }).await.then_some(number)
    }

    /// Between a call's effect and its answer: whether the process lives.
    pub(super) async fn after(&self, number: usize) -> bool {
        self.goes_on(Point { number, side: Side::After }).await
    }

    async fn goes_on(&self, point: Point) -> bool {
        let is_here = {
            let mut chosen = self.point.lock().unwrap();
            let is_here = *chosen == Some(point);
            if is_here {
                *chosen = None;
            }
            is_here
        };
        if !is_here {
            return true;
        }
        let (go_on, may_go_on) = oneshot::channel();
        self.reached.send(go_on).unwrap();
        may_go_on.await.is_ok()
    }
}

/// The store's way to its engine.
#[derive(Debug, Clone)]
struct PastFate {
    fate: Arc<Fate>,
    http: reqwest::Client,
}

impl HttpConnector for PastFate {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move {
            let Some(number) = this.fate.before().await else { return pending().await };
            let answer = this.send(request).await.map_err(|error| ConnectorError::io(error.into()));
            if !this.fate.after(number).await {
                return pending().await;
            }
            answer
        })
    }
}

impl PastFate {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
        let mut sent = self.http.post(request.uri());
        for (name, value) in request.headers() {
            sent = sent.header(name, value);
        }
        let answer = sent.body(request.body().bytes().unwrap_or_default().to_vec()).send().await?;
        let status = answer.status().as_u16().try_into().unwrap();
        let headers = answer.headers().clone();
        let mut response = HttpResponse::new(status, answer.bytes().await?.into());
        for (name, value) in &headers {
            response.headers_mut().insert(name.as_str().to_owned(), value.to_str().unwrap().to_owned());
        }
        Ok(response)
    }
}

/// A client for the store whose every call comes past here.
pub(super) fn http(fate: &Arc<Fate>) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(PastFate {
        fate: Arc::clone(fate),
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
    });
    http_client_fn(move |_, _| connector.clone())
}
