// Coming in by accounts that others keep: JD by OpenID Connect, WeChat by its own dialect, and a ticket of the insurer's own
// application. The providers are simulated and say so.

import assert from 'node:assert/strict';
import { createPrivateKey, sign } from 'node:crypto';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

/** What the demo prints of one of its simulators. */
function simulated(stage, name) {
  return stage.server.printed().match(new RegExp(`simulated\\s+${name}: (http://\\S+),`))[1];
}

/** Says yes or no on the provider's page, as one of its invented accounts. */
async function answerThere(stage, account, word) {
  await stage.page.getByText('模拟：这一页由演示程序生成').waitFor();
  await stage.shot(`provider ${word}`);
  await stage.fits();
  await stage.page.getByRole('radio', { name: new RegExp(account) }).check();
  await step.press(stage, word);
}

/** Answers everything on the page of consents with yes; items that nobody needs as given. */
async function agree(stage, items) {
  for (const [label, word] of Object.entries(items)) {
    await step.answer(stage, label, word);
  }
  for (const consent of await stage.page.getByLabel('同意', { exact: true }).all()) {
    await consent.check();
  }
}

/** Logs out. */
const leave = (stage) => stage.page.getByRole('button', { name: /^退出/ }).click();

/** The two widths share a server: each has people of its own. */
const whose = (stage, phone, desk) => (stage.width < 600 ? phone : desk);

journey('somebody registers by JD without the portrait, and comes back by it', async (stage) => {
  const { page } = stage;
  const account = whose(stage, 'sim-linwan', 'sim-zhouyi');
  stage.visits(simulated(stage, '京东账号'));
  const open = (path) => page.goto(`/p/jd-allianz${path}`);

  await open('/login');
  await stage.look('log in');
  await step.follow(stage, '京东账号登录');
  await step.arrive(stage, '用京东账号登录');
  assert.equal(await page.getByRole('radio', { checked: true }).count(), 0, 'something is chosen beforehand');
  await stage.look('what will be asked');
  stage.tolerates(/status of 422/);
  await step.press(stage, '继续');
  await page.getByRole('alert').waitFor();
  await agree(stage, { 昵称: '提供', 头像: '不提供' });
  await step.press(stage, '继续');
  await step.arrive(stage, '前往京东账号');
  await stage.look('leaving');

  await step.follow(stage, '前往京东账号');
  await answerThere(stage, account, '拒绝');
  await step.arrive(stage, '手机号登录');
  await page.getByText('我们没有取得任何信息').waitFor();
  await stage.look('refused there');

  await step.follow(stage, '京东账号登录');
  await agree(stage, { 昵称: '提供', 头像: '不提供' });
  await step.press(stage, '继续');
  await step.follow(stage, '前往京东账号');
  await answerThere(stage, account, '同意');
  await step.arrive(stage, '您好');
  await stage.look('home');
  await open('/mine');
  const mine = await page.getByRole('main').innerText();
  assert.match(mine, /昵称/);
  assert.doesNotMatch(mine, /头像/, 'what was refused is kept');

  await leave(stage);
  await open('/login');
  await step.follow(stage, '京东账号登录');
  await step.follow(stage, '直接登录');
  await answerThere(stage, account, '同意');
  await step.arrive(stage, '您好');
});

journey('somebody comes by WeChat, proves the telephone, and withdraws', async (stage) => {
  const { page } = stage;
  const account = whose(stage, 'sim-linwan', 'sim-zhouyi');
  const phone = whose(stage, '13900000091', '13900000092');
  stage.visits(simulated(stage, '微信'));
  const open = (path) => page.goto(`/p/jd-allianz${path}`);
  const there = async () => {
    await open('/login');
    await step.follow(stage, '微信登录');
  };

  await there();
  await step.arrive(stage, '用微信登录');
  await agree(stage, { 微信OpenID: '提供', 微信UnionID: '不提供', 昵称: '不提供', 头像: '不提供' });
  await stage.look('what will be asked');
  await step.press(stage, '继续');
  await step.follow(stage, '前往微信');
  await answerThere(stage, account, '同意');
  await step.arrive(stage, '确认手机号码');
  await stage.look('telephone');
  await step.field(stage, '手机号码').fill(phone);
  await step.press(stage, '获取验证码');
  await step.arrive(stage, '输入验证码');
  await stage.look('code');
  await step.enterCode(stage, /home\?done=/);
  await step.arrive(stage, '您好');

  await open('/consents');
  await step.entry(stage, /第三方账号登录/).getByRole('link', { name: /撤回/ }).first().click();
  await stage.look('withdraw');
  await page.getByRole('main').getByRole('button', { name: /撤回/ }).click();
  await leave(stage);
  await there();
  await step.follow(stage, '直接登录');
  await answerThere(stage, account, '同意');
  await page.getByText('您已撤回同意').waitFor();
  await stage.look('withdrawn');
});

journey('a ticket of the own application lets in once, and not by being fetched', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, step.UNINSURED);
  const text = await page.request.get(`${step.BASE}/receipts`).then((answer) => answer.text());
  const receipt = text.match(/receipts\/\d+/)[0];
  const told = await page.request.get(`${step.BASE}/${receipt}/download`).then((answer) => answer.text());
  const extra = told.match(/^extra (\S+)$/m)[1];
  const { subject } = JSON.parse(Buffer.from(extra, 'base64').toString());
  const seed = Buffer.from(stage.server.printed().match(/Ed25519 seed ([0-9a-f]{64})/)[1], 'hex');
  // RFC 8410: the head of an Ed25519 key in PKCS#8.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'demo-app', aud: step.PLATFORM, sub: subject, jti: `ticket-${stage.width}-${now}`, iat: now, exp: now + 120 };
  const signed = `${part({ typ: 'shouyue-ticket+jwt', alg: 'EdDSA' })}.${part(claims)}`;
  const ticket = `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
  await page.context().clearCookies();

  await page.goto(`${step.BASE}/enter?ticket=${ticket}`);
  await page.goto(`${step.BASE}/enter?ticket=${ticket}`);
  await step.arrive(stage, '从应用进入');
  await stage.look('asked');
  await step.press(stage, '确认登录');
  await step.arrive(stage, '您好');
  await page.context().clearCookies();
  await page.goto(`${step.BASE}/enter?ticket=${ticket}`);
  await step.press(stage, '确认登录');
  await page.getByText('这个链接已经过时或用过').waitFor();
  await stage.look('used');
});
