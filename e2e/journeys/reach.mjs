// Everything is near, large when wished, and works without script.

import assert from 'node:assert/strict';

import { WHOLE_TEXT_LIMIT, journey } from '../stage.mjs';
import * as step from '../steps.mjs';

journey('the rules can be read before logging in', async (stage) => {
  const { page } = stage;
  await step.open(stage, '/');
  await page.getByRole('navigation', { name: '政策与清单' }).getByRole('link', { name: '隐私中心' }).click();
  await step.arrive(stage, '隐私中心');
  await stage.look('privacy centre');
  await page.getByRole('main').getByRole('link', { name: /^个人信息保护政策/ }).click();
  await page.getByRole('navigation', { name: '目录' }).waitFor();
  await stage.look('policy', { limit: WHOLE_TEXT_LIMIT });
  const broken = await page.$$eval('main a[href^="#"]', (links) =>
    links.map((link) => link.hash).filter((hash) => !document.getElementById(decodeURIComponent(hash.slice(1)))));
  assert.deepEqual(broken, [], 'the contents lead nowhere');
  await step.follow(stage, '历史版本');
  await step.arrive(stage, '政策的各个版本');
  await stage.look('archive');
  await page.getByRole('main').getByRole('link', { name: /版本/ }).first().click();
  await page.getByRole('navigation', { name: '目录' }).waitFor();
  await step.open(stage, '/lists');
  await step.arrive(stage, '收集清单与共享清单');
  for (const list of ['个人信息收集清单', '与第三方共享清单', '设备权限清单', '第三方 SDK 与 API 清单']) {
    await page.getByRole('heading', { name: list, exact: true }).waitFor();
  }
  await stage.look('lists');
});

/** Addresses within so many taps of a page, each with the fewest taps that reach it. */
async function reach(stage, start, most) {
  const taps = new Map([[start, 0]]);
  for (const [address, count] of taps) {
    if (count === most) {
      break;
    }
    const answer = await stage.page.request.get(address);
    assert.equal(answer.status(), 200, `${address} answers ${answer.status()}`);
    for (const [, href] of (await answer.text()).matchAll(/<a [^>]*?href="([^"]+)"/g)) {
      const [next] = href.replaceAll(/&(?:amp|#38);/g, '&').split('#');
      if (next.startsWith(`${step.BASE}/`) && !/\/(download|verifier-key)$/.test(next) && !taps.has(next)) {
        taps.set(next, count + 1);
      }
    }
  }
  return taps;
}

const NEAR = [
  'register/person', 'register/company', 'login', 'home', 'records', 'agencies', 'agencies/xinfan', 'grants/[^/]+/revoke', 'mine',
  'mine/shared', 'mine/[^/]+/clear', 'consents', 'consents/[^/]+/withdraw', 'consent/[^/]+', 'functions/analysis', 'close',
  'receipts', 'receipts/\\d+', 'privacy', 'policy', 'policy/archive', 'policy/(?!archive)[^/]+', 'lists',
  'permissions', 'permissions/[^/]+', 'switches', 'choices', 'choices/[^/]+', 'do-not-track', 'rights/[^/]+', 'requests', 'relative',
  'mine/[^/]+/correct',
];

journey('everything is within four taps of the first page', async (stage) => {
  const before = await reach(stage, `${step.BASE}/`, 4);
  await step.beCustomer(stage, step.INSURED);
  const after = await reach(stage, `${step.BASE}/home`, 4);
  const addresses = [...before.keys(), ...after.keys()];
  const far = NEAR.filter((page) => !addresses.some((address) => new RegExp(`^${step.BASE}/${page}(\\?.*)?$`).test(address)));
  assert.deepEqual(far, [], 'these need more than four taps');
}, { widths: [390] });

/** Text below 18 px and targets lower than 60 px that can be seen; links within a sentence may be as high as their line. */
function tooSmall() {
  const seen = (element) => element.checkVisibility() && element.getClientRects().length > 0 && !element.closest('.hidden, .skip');
  const own = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const name = (element) => `${element.tagName.toLowerCase()}.${element.className}: ${element.textContent.trim().slice(0, 20)}`;
  const all = [...document.body.querySelectorAll('*')].filter(seen);
  const size = (element) => Number.parseFloat(getComputedStyle(element).fontSize);
  const small = all.filter((element) => own(element) && size(element) < 18).map((element) => `${size(element)} px ${name(element)}`);
  const targets = all.filter((element) =>
    element.matches('button:not(.link), .button, input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea, label.pick, nav.tabs a'));
  const low = targets.filter((element) => element.getBoundingClientRect().height < 59.5);
  return [...small, ...low.map((element) => `${element.getBoundingClientRect().height} px high ${name(element)}`)];
}

journey('everything is large in the large version', async (stage) => {
  const { page } = stage;
  await step.open(stage, '/');
  await step.press(stage, '大字版');
  await page.getByRole('button', { name: '标准版' }).waitFor();
  await page.locator('html[data-elder]').waitFor();
  for (const path of ['/', '/register/person', '/login']) {
    await step.open(stage, path);
    assert.deepEqual(await page.evaluate(tooSmall), [], path);
    await stage.look(`large ${path}`);
  }
  await step.beCustomer(stage, step.INSURED);
  for (const path of ['/home', '/mine', '/consents', '/agencies/xinfan', '/consent/collect.verify-face.biometric', '/close', '/receipts', '/privacy']) {
    await step.open(stage, path);
    assert.deepEqual(await page.evaluate(tooSmall), [], path);
    await stage.look(`large ${path}`);
  }
}, { widths: [390] });

journey('a person registers and logs in without script', async (stage) => {
  await step.registerPerson(stage);
  await step.arrive(stage, '您好');
  await stage.look('home');
  await step.press(stage, '大字版');
  await stage.page.getByRole('button', { name: '标准版' }).waitFor();
  await step.press(stage, /^退出/);
  await step.arrive(stage, '您已安全退出');
  await stage.look('signed out');
}, { widths: [390], script: false });
