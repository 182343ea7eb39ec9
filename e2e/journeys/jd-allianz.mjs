// JD Allianz, to the letter of its policy: an extra service is refused and closes nothing else, a car is insured with the
// spouse's data only on the spouse's own word, and personalisation ends at once where the text names no way out.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

const BASE = '/p/jd-allianz';
const CUSTOMER = { name: '周听澜', phone: '13900030001', idNumber: '990401198509172029' };
const ADDRESS = '澜江省听涛市东屏区梧桐路26号';
const VALIDITY = '2016-05-01至2036-05-01';

/** Fills in who somebody is, in the fields of a role. */
async function identify(page, { name, phone, idNumber }) {
  const fill = (item, value) => page.locator(`form [name$=".${item}"]`).fill(value);
  await fill('name', name);
  await fill('home-or-work-address', ADDRESS);
  await fill('phone', phone);
  await page.locator('form [name$=".id-type"]').selectOption('居民身份证');
  await fill('id-number', idNumber);
  await fill('id-validity', VALIDITY);
}

/** 一(二)3(3): an extra service can be refused, and the refusal closes that service alone. */
async function refuseHealthService(stage) {
  const { page } = stage;
  await page.goto(`${BASE}/functions/health-management`);
  await step.arrive(stage, '健康管理');
  assert.equal(await page.getByRole('radio', { checked: true }).count(), 0, 'a consent is given beforehand');
  await step.field(stage, '健康状况信息').fill('体检一切正常');
  await step.answer(stage, /^同意 健康管理/, '不同意');
  await step.answer(stage, /^单独同意 健康管理/, '不同意');
  await step.press(stage, '提交');
  await page.getByRole('heading', { name: '没有提交：您填写的内容没有保存' }).waitFor();
  await stage.look('health service refused');
  await page.goto(`${BASE}/functions/motor-subject`);
  await step.arrive(stage, '机动车保险标的信息');
}

/** 一(二)6: what is asked after a service is answered in part, whatever else is refused, and is shown to nobody unasked. */
async function answerAfterService(stage) {
  const { page } = stage;
  await page.goto(`${BASE}/functions/customer-service`);
  await step.press(stage, '下一步');
  const asked = page.getByRole('group', { name: '服务评价' });
  assert.equal(await asked.getByRole('checkbox', { checked: true }).count(), 0, 'an answer is given beforehand');
  assert.equal(await asked.locator('[required]').count(), 0, 'an answer is demanded');
  await asked.getByRole('group', { name: /更好/ }).getByLabel('把事情讲清楚').check();
  await asked.getByRole('group', { name: /更好/ }).getByLabel('办理的手续').check();
  await asked.getByLabel(/还有什么/).fill('希望晚上也能打通');
  await stage.look('what is asked after a service');
  await step.answerAll(stage, '不同意');
  await step.press(stage, '提交');
  await step.arrive(stage, '客服记录');
  assert.equal(await page.getByText('希望晚上也能打通').count(), 0, 'an answer stands there for all to see');
  await stage.look('what was answered');
}

/** 一(二)3(1): the customer insures a car and answers for nobody else. Gives the link for the spouse. */
async function insureCar(stage) {
  const { page } = stage;
  await page.goto(`${BASE}/functions/apply`);
  await page.getByLabel(/机动车保险/).check();
  await page.getByRole('group', { name: '被保险人是谁' }).getByLabel(/就是我本人/).check();
  const family = page.getByRole('group', { name: '父母、配偶或子女是谁' });
  assert.equal(await family.getByLabel(/由我代为填写/).count(), 0, 'a spouse could be answered for');
  await family.getByLabel(/邀请本人填写/).check();
  await stage.look('who stands in it');
  await step.press(stage, '下一步');
  assert.equal(await page.locator('[name^="family."]').count(), 0, 'the spouse is asked for here');
  await identify(page, CUSTOMER);
  await stage.look('application');
  await step.press(stage, '提交');
  await page.getByText('需要的人都已填写').or(page.getByText('还有必须填写的人没有填写')).waitFor();
  assert.equal(await page.getByText('未齐').count(), 1, 'a cover is complete without the spouse');
  await stage.look('link');
  return page.locator('pre.code').innerText();
}

/** The spouse proves a telephone, refuses, changes the mind, and is in. */
async function join(stage, link, spouse) {
  const { page } = stage;
  await page.goto(link);
  await step.field(stage, '手机号码').fill(spouse.phone);
  await stage.look('link opened');
  await step.press(stage, '获取验证码');
  const hint = await page.getByText('演示：短信里的验证码是').innerText();
  await step.field(stage, '验证码').fill(hint.match(/\d{6}/)[0]);
  await step.press(stage, '下一步');
  await identify(page, spouse);
  await step.answer(stage, /^同意 投保/, '同意');
  await step.answer(stage, /^单独同意 投保/, '不同意');
  await step.press(stage, '提交');
  await page.getByRole('heading', { name: '没有提交：您填写的内容没有保存' }).waitFor();
  assert.equal(await page.getByRole('radio', { name: '同意', checked: true }).count(), 0, 'a consent is remembered');
  await stage.look('spouse refuses');
  await step.answer(stage, /^同意 投保/, '同意');
  await step.answer(stage, /^单独同意 投保/, '同意');
  await step.press(stage, '提交');
  await step.arrive(stage, '已提交');
  await stage.look('spouse joined');
  await page.goto(link);
  await step.arrive(stage, '回到您填写的内容');
  assert.equal(await page.locator('[name^="family."]').count(), 0, 'a link is filled in twice');
}

/** Who has objected before opens it again: first the objection is taken back, then there is a consent to give. */
async function agreeAgain(stage, personalisation) {
  const { page } = stage;
  while ((await personalisation.getByRole('link', { name: /^打开/ }).count()) > 0) {
    await personalisation.getByRole('link', { name: /^打开/ }).click();
    const consent = page.getByLabel('同意', { exact: true });
    if ((await consent.count()) > 0) {
      await consent.check();
      await step.press(stage, '提交');
    } else {
      await step.press(stage, '打开');
    }
    await page.waitForURL(/home\?done|switches$/);
    await page.goto(`${BASE}/switches`);
  }
}

/** 一(二)7: who objects to personalisation is not personalised any more, though the text names no way out. */
async function objectToPersonalisation(stage) {
  const { page } = stage;
  await page.goto(`${BASE}/switches`);
  const personalisation = step.entry(stage, '个性化展示或推荐');
  await personalisation.getByText('公布文本未说明途径').waitFor();
  await agreeAgain(stage, personalisation);
  await personalisation.getByRole('link', { name: /^关闭/ }).click();
  await step.press(stage, '关闭');
  await page.getByRole('status').waitFor();
  await page.goto(`${BASE}/switches`);
  await personalisation.getByText(/您于 .* 关闭/).waitFor();
  await stage.look('personalisation is off');
  await page.goto(`${BASE}/home`);
  await page.goto(`${BASE}/receipts`);
  await page.getByRole('main').getByRole('list').getByRole('link').first().click();
  assert.equal(await page.getByRole('status').innerText(), '核验通过');
}

journey('jd-allianz: a car with a spouse, and a no to everything beside', async (stage) => {
  const { page } = stage;
  stage.tolerates(/status of 4(03|10|22)/);
  await step.beCustomer(stage, CUSTOMER.phone, BASE);
  await refuseHealthService(stage);
  const link = await insureCar(stage);
  const mine = await page.context().cookies();
  await page.context().clearCookies();
  const spouse = { ...step.newPerson({ born: '19870412' }), name: '陆望舒' };
  await join(stage, link, spouse);
  await page.context().clearCookies();
  await page.context().addCookies(mine);
  await page.goto(`${BASE}/records`);
  await page.getByRole('main').getByRole('link').filter({ hasText: '机动车' }).last().click();
  await step.arrive(stage, /机动车/);
  assert.equal(await page.getByText(spouse.name).count(), 0, "the spouse's answers are shown");
  await stage.look('the cover');
  await answerAfterService(stage);
  await objectToPersonalisation(stage);
});
