// Everything on these pages works without this file. It adds: asking before what cannot be undone, copying, printing,
// larger type at once, focus on what went wrong, and one submission per click.

const all = (selector) => Array.from(document.querySelectorAll(selector));

for (const form of all("form[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.confirm)) {
      event.preventDefault();
    }
  });
}

// The server keeps the choice in a cookie; here it takes effect without a new page.
for (const form of all("form[data-elder-switch]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const root = document.documentElement;
    const field = form.elements.namedItem("elder");
    const body = new URLSearchParams(new FormData(form));
    const on = field.value === "on";
    root.toggleAttribute("data-elder", on);
    field.value = on ? "off" : "on";
    const button = form.querySelector("button");
    button.textContent = on ? button.dataset.back : button.dataset.larger;
    try {
      await fetch(form.action, { method: "POST", body, redirect: "manual" });
    } catch {
      // The page has changed; only the next one will not remember.
    }
  });
}

// A second press of the same button would be a second act in the ledger.
for (const form of all('form[method="post"]')) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    if (event.submitter) {
      event.submitter.setAttribute("aria-disabled", "true");
    }
  });
}

// A page that comes back out of the browser's cache may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of all("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) {
      button.removeAttribute("aria-disabled");
    }
  }
});

if (navigator.clipboard) {
  for (const button of all("[data-copy]")) {
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      if (!source) {
        return;
      }
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = button.dataset.done;
      } catch {
        window.getSelection().selectAllChildren(source);
      }
      window.setTimeout(() => { button.textContent = words; }, 2000);
    });
  }
}

for (const button of all("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

const wrong = document.querySelector("[data-focus]");
if (wrong) {
  wrong.focus();
}
