// 安润 (a broker), to the letter of its policy: a claim that somebody else reports and the insured completes with evidence, a
// partner that calls by a virtual number, and an account that is closed against the published text.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

const BASE = '/p/anrun';
const RELATION = '兄妹';

/** Somebody new opens an account. */
async function register(stage, phone) {
  await stage.page.goto(`${BASE}/register/person`);
  await step.fillRole(stage, 'user', { phone, 'account-name': `u${phone}` });
  await step.answer(stage, /^同意 注册账号/, '同意');
  await step.press(stage, '提交注册');
  await step.enterCode(stage);
}

/** 一(一)2: somebody buys a cover, so that the age is known. */
async function insure(stage, person) {
  const { page } = stage;
  await register(stage, person.phone);
  await page.goto(`${BASE}/functions/insure`);
  await page.getByRole('group', { name: '被保险人是谁' }).getByLabel(/就是我本人/).check();
  await step.press(stage, '下一步');
  await step.fillRole(stage, 'applicant', {
    name: person.name,
    'id-number': person.idNumber,
    phone: person.phone,
    'home-address': '云川省青梧市临江区听雨路9号',
    'bank-card': '6222009900000308',
    occupation: '编辑',
    email: 'wen@ruchu.example',
    'order-info': '意外险（一年期）',
    'health-status': '良好，无既往症',
    'check-up': '2026年度体检未见异常',
  });
  await step.answerAll(stage, '同意');
  await step.press(stage, '提交');
  await page.getByRole('status').getByText('已完成').waitFor();
  await page.getByRole('heading', { name: '投保人' }).first().waitFor();
}

/** 一(二): the reporter says who reports and answers for nobody else. Gives the link for the insured. */
async function report(stage, { name, phone }) {
  const { page } = stage;
  await register(stage, phone);
  await page.goto(`${BASE}/functions/claim`);
  assert.equal(await page.getByText('由我代为填写').count(), 0, 'the insured could be answered for');
  await page.getByLabel(/邀请本人填写/).check();
  await stage.look('who');
  await step.press(stage, '下一步');
  const said = { name, phone, 'relation-to-insured': RELATION };
  await step.fillRole(stage, 'reporter', said);
  await step.answerAll(stage, '不同意');
  await step.press(stage, '提交');
  await page.getByRole('heading', { name: '没有提交：您填写的内容没有保存' }).waitFor();
  for (const [item, value] of Object.entries(said)) {
    assert.equal(await page.locator(`[name="reporter.${item}"]`).inputValue(), value, `${item} was lost`);
  }
  await stage.look('reporter refuses');
  await step.answerAll(stage, '同意');
  await step.press(stage, '提交');
  await step.arrive(stage, '邀请本人填写');
  await stage.look('link');
  return new URL((await page.locator('pre.code').first().innerText()).trim()).pathname;
}

/** The insured tells what happened, first without, then with the separate consents, and sends the evidence in. */
async function complete(stage, link) {
  const { page } = stage;
  await page.goto(link);
  const told = {
    'event-description': '十月三日在青梧市雨后滑倒',
    hospital: '青梧市第三医院',
    occupation: '编辑',
    'bank-card': '6222009900000308',
    diagnosis: '右腕骨折',
    'medical-record': '门诊病历一份',
    'medical-cost': '1280元',
  };
  await step.fillRole(stage, 'insured', told);
  await step.answer(stage, /^同意 保险理赔/, '同意');
  await step.answer(stage, /^单独同意 保险理赔：医疗健康/, '不同意');
  await step.answer(stage, /^单独同意 保险理赔：金融账户/, '同意');
  await step.press(stage, '提交');
  const refused = page.getByRole('alert');
  await refused.getByText('单独同意', { exact: false }).first().waitFor();
  assert.equal(await page.locator('[name="insured.diagnosis"]').inputValue(), told.diagnosis, 'what was typed is gone');
  await stage.look('insured refuses');
  await step.answerAll(stage, '同意');
  await step.press(stage, '提交');
  await step.arrive(stage, '理赔案件');
  assert.equal(await page.getByText(RELATION).count(), 0, "the reporter's answers are shown");
  await stage.look('claim of the insured');

  await step.follow(stage, '就诊证明');
  await step.arrive(stage, /^就诊证明/);
  const choose = (name, mimeType, buffer) =>
    page.getByLabel('从相册或文件中选择').setInputFiles({ name, mimeType, buffer });
  await choose('proof.html', 'image/jpeg', Buffer.from('<!doctype html>'));
  await step.press(stage, '上传');
  await page.getByRole('alert').getByText('不是本项可以接受的文件类型').waitFor();
  await choose('proof.jpg', 'image/jpeg', step.PHOTOGRAPH);
  await step.press(stage, '上传');
  await page.getByRole('status').getByText('已收到').waitFor();
  await stage.look('evidence');
}

/** The reporter learns that the insured answered, and nothing of what. */
async function reporterSees(stage, person) {
  const { page } = stage;
  await page.goto(`${BASE}/mine`);
  const said = await page.getByRole('main').innerText();
  assert.match(said, /报案人/);
  for (const value of ['右腕骨折', '青梧市第三医院', person.idNumber, '0308']) {
    assert.ok(!said.includes(value), 'the reporter reads what the insured told');
  }
}

journey('anrun: a claim that somebody else reports, with evidence by the insured', async (stage) => {
  stage.tolerates(/status of 4(03|10|22)/);
  const [person, reporter] = [step.newPerson(), { ...step.newPerson(), name: '季知微' }];
  const insured = await step.elsewhere(stage, [], () => insure(stage, person));
  const link = await report(stage, reporter);
  await step.elsewhere(stage, insured, () => complete(stage, link));
  await reporterSees(stage, person);
  await stage.page.goto(link);
  await step.arrive(stage, '这个邀请不能再用了');
});

/** The customer of `platforms/anrun/demo.json` who agreed to be called. */
const CUSTOMER = '13900000303';

const PARTY = '清禾保险经纪有限公司';

const beStaff = (stage) => step.beStaff(stage, 'operator', 'anrun');
const beSeat = (stage) => step.beStaff(stage, 'qinghe', 'anrun', '打开交办');

/** Hands the customer over on its page, and gives the number of the case. */
async function handOver(stage) {
  const { page } = stage;
  await page.goto('/console/subjects');
  await step.field(stage, '手机号码').fill(CUSTOMER);
  await step.press(stage, '查找');
  await page.getByRole('main').getByRole('list').getByRole('link').click();
  await page.getByLabel('合作方').selectOption(PARTY);
  await step.press(stage, '交办');
  await page.getByRole('heading', { name: '交办合作伙伴' }).waitFor();
  await stage.look('handed over');
  return page.locator('#partners code').first().innerText();
}

async function openCase(stage, number) {
  await stage.page.goto('/console/case');
  await step.field(stage, '交办编号').fill(number);
  await step.press(stage, '打开');
}

async function cutOff(stage, button, because) {
  const { page } = stage;
  await beStaff(stage);
  await page.goto('/console/parties');
  await step.follow(stage, PARTY);
  await step.arrive(stage, PARTY);
  await page.getByLabel('理由').selectOption(because);
  await step.press(stage, button);
  await step.arrive(stage, PARTY);
}

journey('anrun: a partner calls a number that is not the customer’s, takes nothing away, and is cut off', async (stage) => {
  const { page } = stage;
  stage.tolerates(/status of 40[34]/);
  stage.tolerates(/status of 422/);
  await beStaff(stage);
  const number = await handOver(stage);

  await beSeat(stage);
  await stage.look('asked for a case');
  await openCase(stage, 'asg-1');
  await page.getByText('编号不完整').first().waitFor();
  await openCase(stage, number);
  await step.arrive(stage, '交办');
  assert.doesNotMatch(await page.content(), new RegExp(CUSTOMER), 'the page holds the customer’s own number');
  await stage.look('case');
  await step.field(stage, '您用来拨打的手机号码').fill('13900000099');
  await step.press(stage, '取得虚拟号码');
  assert.match(await page.locator('.reveal .value').innerText(), /^170\d{8}$/);
  assert.doesNotMatch(await page.content(), new RegExp(CUSTOMER));
  await stage.look('number');
  for (const path of ['subjects', 'requests', 'ledger', 'policy', 'parties']) {
    await page.goto(`/console/${path}`);
    await step.arrive(stage, /没有执行/);
    await page.getByText('这个岗位无权查看').first().waitFor();
  }
  await stage.look('refused');

  await cutOff(stage, '立即停止提供', '挪作他用');
  await page.getByText('停止提供：挪作他用').first().waitFor();
  await stage.look('cut off');
  await refusedStill(stage, number);
  await page.goto('/p/anrun/lists');
  await page.getByText(`已停止向${PARTY}提供`).first().waitFor();
  await cutOff(stage, '恢复提供', '整改完成并复查');
});

/** The seat is signed in still; nothing answers it. */
async function refusedStill(stage, number) {
  const { page } = stage;
  await page.context().clearCookies();
  await page.context().addCookies(step.sessionOf(stage, 'qinghe'));
  await page.goto(`/console/cases/${number}`);
  await step.arrive(stage, /没有执行/);
  await page.getByText('已停止向这一接收方提供').first().waitFor();
  assert.doesNotMatch(await page.content(), /170\d{8}/);
}

// Both widths share one house, and an account is closed but once: the phone closes it.
journey('anrun: an account is closed while cover runs and a claim is open', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, '13900000301', BASE);
  await page.goto(`${BASE}/close`);
  const said = page.getByRole('main');
  for (const words of ['暂不办理', '予以办理', '保险产品仍在有效期内', '正在理赔', '继续办理的理赔']) {
    await said.getByText(words).first().waitFor();
  }
  await stage.look('both verdicts');
  page.on('dialog', (dialog) => dialog.accept());
  await step.press(stage, '删除信息并注销账号');
  await step.arrive(stage, '账号已注销，未结的理赔继续办理');
  await stage.look('closed');
  await page.goto(`${BASE}/home`);
  assert.match(page.url(), /\/login/, 'nobody is in any more');
}, { widths: [390] });
