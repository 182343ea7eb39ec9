// 医惠锡城, to the letter of its policy: a guardian and the children, an adult of the family who answers alone, an order paid
// and corrected by cancelling it, a company whose booking reaches the one insurer that it picked. Refusals on the way.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

const PLATFORM = 'yihui-xicheng';
const BASE = `/p/${PLATFORM}`;

/** A guardian of the demo, and a customer who has nothing to do with her. */
const HOLDER = '13900020001';
const OTHER = '13900020003';

/** Insurers of group bookings: one to pick, and one to whom nothing goes any more. */
const PICKED = '太湖之光人寿保险股份有限公司';
const SUSPENDED = '梅园财产保险股份有限公司';

journey('yihui-xicheng: a guardian insures two children, and no adult is answered for', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, HOLDER, BASE);

  await page.goto(`${BASE}/functions/insure-family`);
  await step.arrive(stage, '为家庭成员投保');
  assert.equal(await page.getByRole('checkbox', { checked: true }).count(), 0, 'somebody is chosen beforehand');
  assert.equal(await page.getByText('由我代为填写').count(), 0, 'an adult could be answered for');
  await stage.look('who');
  const children = page.getByRole('group', { name: '儿童是谁' });
  await children.getByLabel(/不满十四周岁/).check();
  await step.press(stage, '下一步');

  const child = (nth, item) => page.locator(`[name="child.ward.${nth}.${item}"]`);
  const people = [1, 2].map(() => step.newPerson({ born: '20180501' }));
  await child(1, 'name').fill('温小初');
  await step.press(stage, '再添一位');
  assert.equal(await child(1, 'name').inputValue(), '温小初', 'what was typed is gone');
  for (const [place, { idNumber }] of people.entries()) {
    const nth = place + 1;
    await child(nth, 'name').fill(`温小${'初末'[place]}`);
    await child(nth, 'id-type').selectOption('居民身份证');
    await child(nth, 'id-number').fill(idNumber);
    await page.locator(`[name="child.ward.${nth}.sex"][value="女"]`).check();
    await child(nth, 'birth-date').fill('2018-05-01');
    await child(nth, 'family-relation').fill('母女');
  }

  const answers = page.getByRole('group', { name: /^(同意|单独同意) / });
  const count = await answers.count();
  assert.ok(count >= 4, 'each child has consents of its own');
  stage.tolerates(/status of 4(03|22)/);
  await step.press(stage, '提交');
  await page.getByRole('alert').getByText('第 2 位').first().waitFor();
  assert.equal(await page.getByRole('radio', { name: '同意', checked: true }).count(), 0, 'a consent is remembered');
  await stage.look('unanswered');

  await step.answerAll(stage, '不同意');
  await step.press(stage, '提交');
  await page.getByRole('heading', { name: '没有提交：您填写的内容没有保存' }).waitFor();
  assert.equal(await child(2, 'name').inputValue(), '温小末');
  await stage.look('refused');

  await step.answerAll(stage, '同意');
  await step.press(stage, '提交');
  await page.getByRole('status').getByText('已完成').waitFor();

  await page.goto(`${BASE}/records`);
  // The newest stands first.
  await page.getByRole('main').getByRole('link').filter({ hasText: '订单' }).first().click();
  await page.getByRole('heading', { name: '儿童' }).first().waitFor();
  assert.equal(await page.getByText(people[0].idNumber).count(), 0, 'a number is shown in the clear');
  await stage.look('order');
});

/** Fills the guest's fields of a family member. */
async function fillMember({ page }, person, idNumber) {
  const field = (item) => page.locator(`[name="family.${item}"]`);
  await field('name').fill(person.name);
  await field('id-type').selectOption('居民身份证');
  await field('id-number').fill(idNumber);
  await page.locator('[name="family.sex"][value="女"]').check();
  await field('birth-date').fill(person.birth);
  await field('family-relation').fill('姐妹');
}

journey('yihui-xicheng: an adult of the family is invited, refuses, agrees, and the link works once', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, HOLDER, BASE);
  await page.goto(`${BASE}/functions/insure-family`);
  await step.arrive(stage, '为家庭成员投保');
  await page.getByLabel(/邀请本人填写/).first().check();
  await step.press(stage, '下一步');
  await page.getByText('这里不用填写').first().waitFor();
  await stage.look('form');
  await step.answerAll(stage, '同意');
  await step.press(stage, '提交');
  await step.arrive(stage, '邀请本人填写');
  await stage.look('link');
  const link = (await page.locator('pre.code').first().innerText()).trim();
  assert.match(link, /\/join\/[\w-]{43}$/, 'the link holds more than a secret');
  await step.follow(stage, '看看填写了没有');
  await page.getByText('等待填写').waitFor();
  assert.equal(await page.getByText('/join/').count(), 0, 'a link is shown twice');
  await stage.look('waiting');

  // Whoever was invited sits at another browser.
  const holder = await page.context().cookies();
  await page.context().clearCookies();
  const path = new URL(link).pathname;
  await page.goto(path);
  await page.getByRole('heading', { name: /受邀填写/ }).waitFor();
  await stage.look('opened');
  stage.tolerates(/status of 4(03|10|22)/);
  await step.field(stage, '手机号码').fill('123');
  await step.press(stage, '获取验证码');
  await page.getByRole('alert').waitFor();
  const person = step.newPerson();
  await step.field(stage, '手机号码').fill(person.phone);
  await step.press(stage, '获取验证码');
  const hint = await page.getByText('演示：短信里的验证码是').innerText();
  await step.field(stage, '验证码').fill(hint.match(/\d{6}/)[0]);
  await stage.look('code');
  await step.press(stage, '下一步');

  await fillMember(stage, person, step.wrongly(person.idNumber));
  assert.ok((await step.answerAll(stage, '不同意')) >= 2, 'the guest has consents of the own');
  await step.press(stage, '提交');
  await page.getByRole('alert').waitFor();
  assert.equal(await page.getByRole('radio', { name: '同意', checked: true }).count(), 0, 'a consent is remembered');
  await fillMember(stage, person, person.idNumber);
  await step.answerAll(stage, '不同意');
  await step.press(stage, '提交');
  await page.getByRole('heading', { name: '没有提交：您填写的内容没有保存' }).waitFor();
  await stage.look('refused');
  await step.answerAll(stage, '同意');
  await step.press(stage, '提交');
  await step.arrive(stage, '已提交');
  await stage.look('joined');
  // The link lets nobody join twice; by the same telephone it leads back to what was given.
  await page.context().clearCookies();
  await page.goto(path);
  await step.arrive(stage, '回到您填写的内容');
  await stage.look('back');
  await step.field(stage, '手机号码').fill(person.phone);
  await step.press(stage, '获取验证码');
  const again = await page.getByText('演示：短信里的验证码是').innerText();
  await step.field(stage, '验证码').fill(again.match(/\d{6}/)[0]);
  await stage.look('back code');
  await step.press(stage, '进入');
  await page.waitForURL(/\/mine$/);
  await stage.look('own');
  await page.goto(`${BASE}/home`);
  await page.getByText('您没有在这里开立账号').waitFor();
  await page.goto(`${BASE}/consents`);
  await page.getByRole('link', { name: /^撤回/ }).first().click();
  await stage.look('withdraw');
  await step.press(stage, '撤回同意');
  await page.getByRole('heading', { level: 1, name: /已撤回/ }).waitFor();

  await page.context().clearCookies();
  await page.context().addCookies(holder);
  await page.goto(`${BASE}/home`);
  await step.arrive(stage, '您好');
  assert.equal(await page.getByText(person.name).count(), 0, 'the holder is told who joined');
});

/** Registers with a telephone alone, and orders for oneself. Gives the record. */
async function order(stage, person) {
  const { page } = stage;
  await page.goto(`${BASE}/register/person`);
  await page.locator('[name="user.phone"]').fill(person.phone);
  await step.checkAll(stage, 'yes');
  await step.press(stage, '提交注册');
  await step.enterCode(stage);
  await page.goto(`${BASE}/functions/insure-self?go=1`);
  const field = (item) => page.locator(`[name="applicant.${item}"]`);
  await field('name').fill(person.name);
  await field('id-type').selectOption('居民身份证');
  await field('id-number').fill(person.idNumber);
  await page.locator(`[name="applicant.sex"][value="${person.sex}"]`).check();
  await field('birth-date').fill(person.birth);
  await step.checkAll(stage, 'yes');
  await step.press(stage, '提交');
  await page.goto(`${BASE}/functions/my-orders`);
  await step.checkAll(stage, 'yes');
  await step.press(stage, '提交');
  await page.goto(`${BASE}/records?function=my-orders`);
  const href = await page.locator(`a[href^="${BASE}/records/rec-"]`).first().getAttribute('href');
  return href.split('/').pop();
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

journey('yihui-xicheng: an order is paid by scanning, once, by whoever holds it', async (stage) => {
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
  await step.checkAll(stage, 'no');
  await step.press(stage, '去支付');
  await page.getByText('待支付').first().waitFor();
  assert.equal(await page.locator('svg.qr').count(), 0, 'nothing is ordered without the consents');
  assert.equal(await page.locator('[name="user.payment-tool"]').inputValue(), '微信支付', 'what was typed is kept');
  await stage.look('refused');
  await step.checkAll(stage, 'yes');
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

journey('yihui-xicheng: a company books for its people and picks the insurer that gets the booking', async (stage) => {
  const { page } = stage;
  const { name, phone } = step.newPerson();
  const group = (item) => page.locator(`[name="group.${item}"]`);
  const contact = (item) => page.locator(`[name="contact.${item}"]`);
  await page.goto(`${BASE}/register/company`);
  await step.arrive(stage, '企业注册');
  await group('group-type').fill('企业');
  await group('company-name').fill('星桥仪器有限公司');
  await group('group-size').fill('30');
  await contact('contact-name').fill(name);
  await contact('contact-phone').fill(phone);
  await contact('contact-email').fill('wen@xingqiao.example');
  await step.checkAll(stage, 'yes');
  await step.press(stage, '提交注册');
  await step.enterCode(stage);

  await page.getByRole('heading', { name: '待您选定' }).waitFor();
  await stage.look('home');
  await step.follow(stage, '去选定');
  await step.arrive(stage, '团体投保预约');
  assert.equal(await page.getByText(SUSPENDED).count(), 0, 'somebody is offered to whom nothing goes any more');
  await stage.look('insurers');
  await page.getByRole('link', { name: /^授权这家机构/ }).click();
  await step.arrive(stage, `授权${PICKED}`);
  await stage.look('form');

  // Whoever says no is asked nothing else, and the booking reaches nobody.
  await step.checkAll(stage, 'no');
  await step.press(stage, '提交');
  await page.waitForURL(/done=/);
  await page.getByRole('heading', { name: '待您选定' }).waitFor();

  await step.follow(stage, '去选定');
  await page.getByRole('link', { name: /^授权这家机构/ }).click();
  await page.getByRole('group', { name: '授权到何时' }).getByLabel('直到我撤销').check();
  await step.checkAll(stage, 'yes');
  await step.press(stage, '提交');
  await step.arrive(stage, `已授权${PICKED}`);
  await stage.look('picked');
  await page.goto(`${BASE}/home`);
  assert.equal(await page.getByRole('heading', { name: '待您选定' }).count(), 0);
  await page.goto(`${BASE}/mine/shared`);
  await page.getByText('实际承保的保险公司').first().waitFor();
  await stage.look('shared');
});
