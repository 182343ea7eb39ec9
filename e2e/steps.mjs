// Steps that several journeys take: invented people, the ways in, and what is on the page.

import assert from 'node:assert/strict';

/** The platform of the journeys. */
export const PLATFORM = 'haigang';
export const BASE = `/p/${PLATFORM}`;

/** People of the demo, by their telephone numbers; `platforms/haigang/demo.json` says how each stands. */
export const INSURED = '13900000001';
export const MATURED = '13900000002';
export const UNINSURED = '13900000003';

let invented = 0;

/** A person whom nobody else is: valid in form only, from a region code that no place has. */
export function newPerson({ born = '19900501' } = {}) {
  // Even: the last digit of the order tells the sex.
  invented += 2;
  const order = String(invented).padStart(3, '0');
  return { name: '温如初', phone: `13900001${order}`, idNumber: idNumber(`990105${born}${order}`), sex: '女', birth: born.replace(/(....)(..)(..)/, '$1-$2-$3') };
}

/** The number with its check character (GB 11643-1999). */
function idNumber(body) {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, place) => total + weight * Number(body[place]), 0);
  return `${body}${'10X98765432'[sum % 11]}`;
}

/** The credit code of a company that nobody else is. */
export function newCompanyCode() {
  invented += 2;
  return creditCode(`91990101MA99${String(invented).padStart(5, '0')}`);
}

/** The code with its check character (GB 32100-2015). */
function creditCode(body) {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const sum = [...body].reduce((total, sign, place) => total + alphabet.indexOf(sign) * (3 ** place % 31), 0);
  return `${body}${alphabet[(31 - (sum % 31)) % 31]}`;
}

/** The same number with a check character that is not its own. */
export function wrongly(number) {
  return `${number.slice(0, -1)}${number.endsWith('1') ? '2' : '1'}`;
}

/** Goes to an address of the platform. */
export function open(stage, path) {
  return stage.page.goto(`${BASE}${path}`);
}

export function field(stage, name) {
  return stage.page.getByRole('textbox', { name });
}

export function heading(stage, name) {
  return stage.page.getByRole('heading', { level: 1, name });
}

/** Waits until the page says in its heading that it is the one meant. */
export async function arrive(stage, name) {
  await heading(stage, name).waitFor();
}

export async function press(stage, name) {
  await stage.page.getByRole('button', { name, exact: true }).click();
}

export async function follow(stage, name) {
  await stage.page.getByRole('link', { name, exact: true }).click();
}

/** Answers the consent of that title. */
export async function answer(stage, title, word) {
  await stage.page.getByRole('group', { name: title }).getByLabel(word, { exact: true }).check();
}

/** Gives every consent of the page the same answer; gives how many there are. */
export async function answerAll({ page }, word) {
  const answers = page.getByRole('group', { name: /^(同意|单独同意) / });
  const count = await answers.count();
  for (let nth = 0; nth < count; nth += 1) {
    await answers.nth(nth).getByLabel(word, { exact: true }).check();
  }
  return count;
}

/** Gives every choice of the page that is yes or no the same answer. */
export async function checkAll({ page }, value) {
  for (const choice of await page.locator(`input[type=radio][value=${value}]`).all()) {
    await choice.check();
  }
}

/** Fills in the fields of a role, by item. */
export async function fillRole({ page }, role, fields) {
  for (const [item, value] of Object.entries(fields)) {
    await page.locator(`[name="${role}.${item}"]`).fill(value);
  }
}

/** Proves the telephone that a link asks for, by the code that the demo shows. */
export async function proveTelephone(stage, phone) {
  await field(stage, '手机号码').fill(phone);
  await press(stage, '获取验证码');
  const hint = await stage.page.getByText('演示：短信里的验证码是').innerText();
  await field(stage, '验证码').fill(hint.match(/\d{6}/)[0]);
}

/** Does something at another browser, where nobody is logged in, or somebody else: gives the cookies that were there. */
export async function elsewhere({ page }, cookies, act) {
  const context = page.context();
  const mine = await context.cookies();
  await context.clearCookies();
  await context.addCookies(cookies);
  await act();
  const theirs = await context.cookies();
  await context.clearCookies();
  await context.addCookies(mine);
  return theirs;
}

/** The smallest whole JPEG, and room behind it: what a telephone takes is larger than any form. */
export const PHOTOGRAPH = Buffer.concat([
  Buffer.from(
    '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k=',
    'base64',
  ),
  Buffer.alloc(2_500_000),
]);

/** Fills the form by which a person registers; leaves its consents alone. */
export async function fillPerson(stage, person) {
  await field(stage, '姓名').fill(person.name);
  await field(stage, '电话号码').fill(person.phone);
  await stage.page.getByRole('combobox', { name: '证件类型' }).selectOption('居民身份证');
  await field(stage, '证件号码').fill(person.idNumber);
  await stage.page.getByRole('group', { name: '性别' }).getByLabel(person.sex, { exact: true }).check();
  await stage.page.getByLabel('出生日期').fill(person.birth);
}

/** Types the code that the demo shows in place of a short message, and arrives `at` an address. */
export async function enterCode(stage, at = /home$/) {
  const hint = await stage.page.getByText('演示：短信里的验证码是').innerText();
  await field(stage, '验证码').fill(hint.match(/\d{6}/)[0]);
  await press(stage, '登录');
  await stage.page.waitForURL(at);
}

const sessions = new Map();

/** Makes the visitor somebody who has logged in. A number gets few codes an hour, so the first log-in is kept. */
export async function beCustomer(stage, phone, base = BASE) {
  const context = stage.page.context();
  const key = `${stage.origin} ${phone}`;
  if (!sessions.has(key)) {
    await stage.page.goto(`${base}/login`);
    await field(stage, '手机号码').fill(phone);
    await press(stage, '获取验证码');
    await enterCode(stage);
    sessions.set(key, await context.cookies());
  }
  await context.addCookies(sessions.get(key));
  await stage.page.goto(`${base}/home`);
  await arrive(stage, '您好');
}

/** Makes the visitor a member of staff, at work on a platform; `first` is what the first page says. */
export async function beStaff(stage, name, platform = PLATFORM, first = '今天') {
  const context = stage.page.context();
  await context.clearCookies();
  const key = `${stage.origin} staff ${name}`;
  if (!sessions.has(key)) {
    await stage.page.goto('/console/');
    await arrive(stage, '工作人员登录');
    await field(stage, '登录名').fill(name);
    await stage.page.getByLabel('口令').fill(passphrase(stage, name));
    await press(stage, '登录');
    await arrive(stage, first);
    sessions.set(key, await context.cookies());
  }
  await context.addCookies(sessions.get(key));
  // The same people work on several platforms.
  await stage.page.goto(`/console/on/${platform}`);
  await arrive(stage, first);
}

/** The cookies of a member of staff who has signed in before. */
export function sessionOf(stage, name) {
  return sessions.get(`${stage.origin} staff ${name}`);
}

/** As the program printed it at its start. */
export function passphrase(stage, name) {
  return stage.server.printed().match(new RegExp(`log in as ${name} .*passphrase (\\S+)`))[1];
}

/** Registers somebody new and logs in. */
export async function registerPerson(stage, person = newPerson()) {
  await open(stage, '/register/person');
  await fillPerson(stage, person);
  await answer(stage, /^同意 用户注册/, '同意');
  await answer(stage, /^单独同意 用户注册/, '同意');
  await press(stage, '提交注册');
  await enterCode(stage);
  return person;
}

/** Lets the account be asked about, and goes to the page of the customer's own account record. */
export async function ownRecord(stage) {
  const main = stage.page.getByRole('main');
  await open(stage, '/functions/query-account');
  for (const group of await main.getByRole('group', { name: /同意/ }).all()) {
    await group.getByLabel('同意', { exact: true }).check();
  }
  await press(stage, '提交');
  await open(stage, '/mine');
  const clear = await main.getByRole('link', { name: /^查看原文|原文/ }).first().getAttribute('href');
  await open(stage, `/records/${clear.match(/rec-[0-9a-f]{32}/)[0]}`);
}

/** A function's card on the page after log-in. */
export function card(stage, name) {
  return stage.page.getByRole('main').getByRole('listitem').filter({ has: stage.page.getByRole('heading', { name, exact: true }) });
}

/** The entry of a list that holds this heading. */
export const entry = card;

/** The newest receipt verifies on its page. */
export async function newestReceiptVerifies(stage, act) {
  await open(stage, '/receipts');
  await stage.page.getByRole('main').getByRole('list').getByRole('link').first().click();
  await arrive(stage, act);
  assert.equal(await stage.page.getByRole('status').innerText(), '核验通过');
}

/** Looks for the person with this telephone number at the console. */
export async function find(stage, phone) {
  await stage.page.goto('/console/subjects');
  await field(stage, '手机号码').fill(phone);
  await press(stage, '查找');
  await stage.page.getByRole('heading', { name: '结果' }).waitFor();
}

/** Opens that person's page. */
export async function openSubject(stage, phone) {
  await find(stage, phone);
  await stage.page.getByRole('main').getByRole('list').getByRole('link').click();
  await stage.page.getByRole('heading', { name: '业务记录' }).waitFor();
}
