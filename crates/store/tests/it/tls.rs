//! PostgreSQL over TLS: to the server that the operator's authority certifies by its name, and to nobody else.

use shouyue_store::postgres::{self, Address};
use shouyue_store::{Store as _, StoreError};
use testkit::{Authority, Postgres};

use crate::fixture::{first_keys, platform, registered};

/// Opens a database by the port, trusting an authority.
async fn opened(server: &Postgres, authority: &Authority, more: &str) -> Result<(), StoreError> {
    let (address, password) = server.over_the_network(&server.database());
    let pem = std::fs::read(authority.certificate()).unwrap();
    let address = Address::over_tls(&format!("{address}{more}"), Some(password), &pem)?;
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().to_owned();
    let store = tokio::task::spawn_blocking(move || postgres::open(&address, &at, None)).await.unwrap()?;
    store.platform_create(&platform(), &first_keys(b"wrapped platform key")).await.unwrap();
    let store: crate::fixture::Shared = store;
    registered(&store).await;
    // Of whoever came by the network nobody speaks in the clear: else this divides by nothing.
    let safe = "SELECT 1 / count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE client_addr IS NOT NULL \
        HAVING bool_and(ssl)";
    assert!(server.runs("postgres", safe));
    Ok(())
}

fn why(refused: Result<(), StoreError>) -> String {
    refused.unwrap_err().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_its_authority_certifies_is_used_over_tls_and_no_other_is() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let server = Postgres::on_a_port(Some((&authority, "DNS:localhost")));
    for mode in ["", " sslmode=require", " sslmode=verify-ca", " sslmode=verify-full"] {
        opened(&server, &authority, mode).await.unwrap();
        let refused = why(opened(&server, &stranger, mode).await);
        assert!(refused.contains("over TLS") && refused.contains("invalid peer certificate"), "{mode}: {refused}");
    }
    let other = Postgres::on_a_port(Some((&authority, "DNS:another.example")));
    let refused = why(opened(&other, &authority, " sslmode=require").await);
    assert!(refused.contains("over TLS") && refused.contains("not valid for name"), "{refused}");
    // The server itself lets nobody in without.
    let (address, password) = server.over_the_network(&server.database());
    let (plain, folder) = (Address::new(&address, Some(password)).unwrap(), tempfile::tempdir().unwrap());
    let at = folder.path().to_owned();
    assert!(tokio::task::spawn_blocking(move || postgres::open(&plain, &at, None).is_err()).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_tls_is_not_spoken_to_in_the_clear() {
    let (authority, server) = (Authority::new(), Postgres::on_a_port(None));
    let refused = why(opened(&server, &authority, "").await);
    assert!(refused.contains("does not support TLS"), "{refused}");
}

#[test]
fn an_address_over_tls_has_a_name_and_an_authority() {
    let authority = Authority::new();
    let pem = std::fs::read(authority.certificate()).unwrap();
    let told = |text: &str, pem: &[u8]| Address::over_tls(text, None, pem).map(drop).unwrap_err().to_string();
    let far = "host=db.example user=somebody dbname=x";
    assert!(Address::over_tls(far, None, &pem).is_ok());
    assert!(Address::over_tls("postgresql://somebody@db.example/x?sslmode=verify-full", None, &pem).is_ok());
    assert!(told(&format!("{far} sslmode=disable"), &pem).contains("drop one of them"));
    assert!(told("host=/run/postgresql user=somebody dbname=x", &pem).contains("sockets have no TLS"));
    assert!(told("hostaddr=192.0.2.1 user=somebody dbname=x", &pem).contains("a name in it"));
    assert!(told(far, b"").contains("no certificate is in the file"));
    let broken = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    assert!(told(far, broken.as_bytes()).contains("authority"));
}
