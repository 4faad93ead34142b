//! accept-submission: what the public uses. The form and the API, help, the submitter's own pages, health.
//!
//! Invariant: the caller's address comes from the gateway and from nowhere else: a header that a caller can write does
//! not decide whose proposals are counted.

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::Response,
};
use lambda_http::request::RequestContext;
use web::{Web, routes::SourceAddress};

/// The function's routes. Whoever owns the connection says whose it is: see [`SourceAddress`].
pub fn router(web: Web) -> Router {
    web::routes::public(web)
}

/// The routes behind the gateway, which tells the caller's address.
pub fn behind_gateway(web: Web) -> Router {
    router(web).layer(from_fn(with_address))
}

async fn with_address(mut request: Request, next: Next) -> Response {
    let address = match request.extensions().get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
        _ => None,
    };
    if let Some(address) = address {
        request.extensions_mut().insert(SourceAddress(address));
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::{Extension, body::to_bytes, routing::get};
    use lambda_http::{Body, request::from_str};
    use tower::ServiceExt;

    use super::*;

    /// What a route behind the gateway is told of the caller.
    async fn told(event: &serde_json::Value) -> String {
        let router = Router::new()
            .route(
                "/",
                get(|source: Option<Extension<SourceAddress>>| async move {
                    source.map_or_else(|| "nobody".to_owned(), |Extension(SourceAddress(address))| address)
                }),
            )
            .layer(from_fn(with_address));
        let request: lambda_http::http::Request<Body> = from_str(&event.to_string()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        String::from_utf8(to_bytes(response.into_body(), 1000).await.unwrap().to_vec()).unwrap()
    }

    fn event(source_ip: Option<&str>) -> serde_json::Value {
        serde_json::json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": "/",
            "rawQueryString": "",
            "headers": { "x-forwarded-for": "192.0.2.99", "forwarded": "for=192.0.2.99" },
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "api",
                "domainName": "example.org",
                "domainPrefix": "example",
                "http": {
                    "method": "GET", "path": "/", "protocol": "HTTP/1.1",
                    "sourceIp": source_ip, "userAgent": "test",
                },
                "requestId": "1",
                "routeKey": "$default",
                "stage": "$default",
                "time": "23/Nov/2026:12:00:00 +0000",
                "timeEpoch": 1_795_435_200_000_i64,
            },
            "isBase64Encoded": false,
        })
    }

    #[tokio::test]
    async fn the_gateway_says_who_calls_and_headers_do_not() {
        assert_eq!(told(&event(Some("203.0.113.7"))).await, "203.0.113.7");
        assert_eq!(told(&event(None)).await, "nobody");
    }
}
