//! Pages of a sale (可回溯, rule R61): each is put down as it is for everybody, before anything is filled in, and the act at
//! the end says what led to it.

use desk::collect::Opening;
use desk::pay;
use desk::track::{self, Closing, SalePage, Step};
use model::PaymentId;
use policy::syntax::Function;

use crate::session::Visit;
use crate::trouble::Trouble;

/// What is sold in this browser.
pub(super) struct Sale<'v> {
    visit: &'v Visit,
    function: &'v Function,
    /// What is there already that the pages are about: a record, a payment.
    matter: Option<String>,
}

impl<'v> Sale<'v> {
    /// By a function that makes a new record; `None` where it is no sale.
    pub(super) fn of(visit: &'v Visit, function: &'v Function) -> Option<Self> {
        track::sells(&visit.platform, function).then_some(Self { visit, function, matter: None })
    }

    /// To a guest who joins in a record; `None` where it is no sale.
    pub(super) fn joined(visit: &'v Visit, function: &'v Function, opening: &Opening) -> Option<Self> {
        Self::of(visit, function).map(|sale| Self { matter: Some(opening.record.to_string()), ..sale })
    }

    /// To who pays, in the course of a function of its own where there is one; `None` where what is paid was no sale.
    pub(super) async fn paid(
        visit: &'v Visit,
        view: &pay::View,
        function: Option<&'v Function>,
    ) -> Result<Option<Self>, Trouble> {
        let sold = pay::sale(&visit.app.house, &visit.platform, view).await?;
        let payment: PaymentId = view.payment;
        let sale = |sold| Self { visit, function: function.unwrap_or(sold), matter: Some(payment.to_string()) };
        Ok(sold.map(sale))
    }

    fn page(&self, bare: String) -> SalePage {
        let course = (self.visit.secret.as_str(), self.matter.as_deref());
        SalePage::new(&self.visit.platform, course, self.function, bare)
    }

    /// Puts down that a page was shown, or came back.
    pub(super) async fn shown(&self, step: Step, bare: String) -> Result<(), Trouble> {
        Ok(track::shown(&self.visit.app.house, &self.visit.platform, self.page(bare), step).await?)
    }

    /// Puts down that the page was shown on which a payment is awaited.
    pub(super) async fn awaited(&self, payment: PaymentId, bare: String) -> Result<(), Trouble> {
        let (house, platform) = (&self.visit.app.house, &self.visit.platform);
        let page = SalePage::awaiting(platform, payment, self.function, bare);
        Ok(track::shown(house, platform, page, Step::Shown).await?)
    }

    /// How it ends: on this page, with these answers by their controls.
    pub(super) fn closing(&self, bare: String, filled: bool, answers: Vec<(String, bool)>, end: Step) -> Closing {
        Closing { page: self.page(bare), filled, answers, end }
    }
}
