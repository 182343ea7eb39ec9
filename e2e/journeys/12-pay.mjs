// Paying for an order, with refusals on the way: somebody else's payment, a consent refused, a forged word, paying twice;
// then correcting it by cancelling, and the money on its way back.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

const PLATFORM = 'yihui-xicheng';
const BASE = `/p/${PLATFORM}`;
const OTHER = '13900020003';

/** Registers with a telephone alone, and orders for oneself. Gives the record. */
async function order(stage, person) {
  const { page } = stage;
  await page.goto(`${BASE}/register/person`);
  await page.locator('[name="user.phone"]').fill(person.phone);
  await agreeToAll(stage);
  await step.press(stage, '提交注册');
  await step.enterCode(stage);
  await page.goto(`${BASE}/functions/insure-self?go=1`);
  const field = (item) => page.locator(`[name="applicant.${item}"]`);
  await field('name').fill(person.name);
  await field('id-type').selectOption('居民身份证');
  await field('id-number').fill(person.idNumber);
  await page.locator(`[name="applicant.sex"][value="${person.sex}"]`).check();
  await field('birth-date').fill(person.birth);
  await agreeToAll(stage);
  await step.press(stage, '提交');
  await page.goto(`${BASE}/functions/my-orders`);
  await agreeToAll(stage);
  await step.press(stage, '提交');
  await page.goto(`${BASE}/records?function=my-orders`);
  const href = await page.locator(`a[href^="${BASE}/records/rec-"]`).first().getAttribute('href');
  return href.split('/').pop();
}

async function agreeToAll(stage) {
  for (const yes of await stage.page.locator('input[type=radio][value=yes]').all()) {
    await yes.check();
  }
}

/** The core system says that this is due. */
async function due(stage, record) {
  const [, token] = stage.server.printed().match(new RegExp(`token ${PLATFORM}/core\\s+(\\S+)`));
  const answer = await stage.page.request.post(`/v1/platforms/${PLATFORM}/records/${record}/payments`, {
    headers: { authorization: `Bearer ${token}` },
    data: { fen: 12_900, description: '医惠锡城补充医疗保险' },
  });
  assert.equal(answer.status(), 201, await answer.text());
  return (await answer.json()).payment;
}

journey('an order is paid by scanning, once, by whoever holds it', async (stage) => {
  const { page } = stage;
  const record = await order(stage, step.newPerson());
  const payment = await due(stage, record);
  const path = `${BASE}/payments/${payment}`;
  stage.tolerates(/status of 4(01|03|04|22)/);

  await page.goto(`${BASE}/records/${record}`);
  await page.getByText('待支付').first().waitFor();
  await stage.look('record');
  await page.goto(path);
  await page.getByText('¥129.00').waitFor();
  await stage.look('due');

  await page.locator('[name="user.payment-tool"]').fill('微信支付');
  for (const no of await page.locator('input[type=radio][value=no]').all()) {
    await no.check();
  }
  await step.press(stage, '去支付');
  await page.getByText('待支付').first().waitFor();
  assert.equal(await page.locator('svg.qr').count(), 0, 'nothing is ordered without the consents');
  assert.equal(await page.locator('[name="user.payment-tool"]').inputValue(), '微信支付', 'what was typed is kept');
  await stage.look('refused');
  await agreeToAll(stage);
  await step.press(stage, '去支付');
  await page.getByRole('img', { name: '支付二维码' }).waitFor();
  await stage.look('code');
  await step.press(stage, '我已支付，查看结果');
  await page.getByText('支付机构还没有收到这笔款').waitFor();

  const forged = await page.request.post(`/hooks/payment/${PLATFORM}`, {
    data: { id: 'EV-1', resource: { algorithm: 'AEAD_AES_256_GCM', ciphertext: '', nonce: '' } },
  });
  assert.equal(forged.status(), 401);
  await page.goto(path);
  const till = page.getByRole('link', { name: '用模拟的手机扫码并付款' });
  stage.visits(await till.getAttribute('href'));
  await till.click();
  await step.press(stage, '确认支付');
  await page.getByText('商户对支付通知的回答：204').waitFor();
  await step.follow(stage, '返回商户');
  await page.getByText('已支付').first().waitFor();
  assert.equal(await page.getByRole('button', { name: '去支付' }).count(), 0, 'it can be paid twice');
  await stage.look('paid');

  // The text corrects an order by cancelling it: what was paid goes back, and one orders again.
  await page.goto(`${BASE}/records/${record}`);
  await step.follow(stage, '取消订单');
  await page.getByText('已付的 ¥129.00 原路退回').waitFor();
  await stage.look('cancel');
  await step.press(stage, '确认取消');
  await page.getByText('退款中').first().waitFor();
  await page.getByRole('link', { name: /^以正确的信息重新办理/ }).waitFor();
  await stage.look('cancelled');
  await page.goto(path);
  await stage.look('returning');
  await step.press(stage, '查看退款结果');
  await page.getByText('已退款').first().waitFor();

  await page.context().clearCookies();
  await step.beCustomer(stage, OTHER, BASE);
  const others = await page.goto(path);
  assert.equal(others.status(), 404, 'somebody else sees it');
});
