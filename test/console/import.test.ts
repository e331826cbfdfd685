import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { noBrowser, startConsole } from '../support/browser.ts'
import { createDevice, createSim, createUser, makeEmail, makeIccid, makeImei } from '../support/factories.ts'

const console = await startConsole()
const { project } = console

function csv(name: string, lines: readonly string[]) {
  return { name, mimeType: 'text/csv', buffer: Buffer.from(lines.map((line) => `${line}\r\n`).join('')) }
}

describe('importing a file', { skip: noBrowser }, () => {
  it('previews it without scrolling sideways in a narrow window', async () => {
    const page = await console.open('/import', { viewport: { width: 360, height: 740 } })
    const rows = [
      'imei,name,metadata.shop,metadata.note',
      `${makeImei()},Anna,Berlin,${'a long note '.repeat(9)}`,
      '4923',
    ]
    await page.getByLabel('Choose a file').setInputFiles(csv('phones.csv', rows))
    await page.getByText('The IMEI is not 15 or 16 digits.').waitFor()
    const beside = `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.scroll'))`
    assert.equal(await page.evaluate(beside), 0)
  })

  it('previews it, registers the valid rows, and returns the others with reasons in a file to correct', async () => {
    const user = await createUser(project)
    const sim = await createSim(project)
    const there = makeImei()
    await createDevice(project, { imei: there })
    const [good, stranger] = [makeImei(), makeImei()]
    const short = good.slice(1)
    const unknown = makeEmail()
    const page = await console.open('/import')
    const rows = [
      'imei,name,user,iccids,metadata.shop,metadata.note',
      `${good},"Anna, phone",${user.email},${sim.iccid},Berlin,n1`,
      `${short},,,,,n2`,
      `${there},,,,,`,
      `${stranger},,${unknown},,,n4`,
      `${good},again,,,,"n5, of several\nlines"`,
      `${good},too,many,,,,cells`,
    ]
    await page.getByLabel('Choose a file').setInputFiles(csv('phones.csv', rows))
    await page.getByRole('cell', { name: 'The IMEI is not 15 or 16 digits.' }).waitFor()
    await page.getByRole('button', { name: 'Import 6 rows' }).click()
    await page.getByText('Done. 6 rows: 1 added, 1 already there, 4 rejected.').waitFor()

    const [found] = (await project.call('POST', './devices/search', { body: { imei: good } })).body.items
    assert.equal(found.name, 'Anna, phone')
    assert.equal(found.user.id, user.id)
    assert.equal(found.sims[0].id, sim.id)
    assert.deepEqual(found.metadata, { shop: 'Berlin', note: 'n1' })

    const reasons = await page.locator('.rejects li').allTextContents()
    assert.match(
      reasons.join(' '),
      /imei: This is not a valid IMEI.*Choose to update what exists already to change it./,
    )
    assert.doesNotMatch(reasons.join(' '), /--|case-sensitive|string of|`/)
    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download 4 rejected rows' }).click()
    const download = await downloading
    assert.equal(download.suggestedFilename(), 'phones.rejects.csv')
    const rejects = await readFile(await download.path(), 'utf8')
    const lines = rejects.trimEnd().split('\r\n')
    assert.equal(lines[0], '\ufeffline,reason,imei,name,user,iccids,metadata.shop,metadata.note')
    assert.match(lines[1] as string, new RegExp(`^3,"?.*IMEI.*"?,${short},,,,,n2$`))
    assert.match(lines[2] as string, new RegExp(`^5,.*${unknown}.*,${stranger},,${unknown},,,n4$`))
    assert.match(
      lines[3] as string,
      new RegExp(`^7,.*The project already has a device with this IMEI.*,${good},again,`),
    )
    assert.match(lines[4] as string, /^8,"The row has 7 cells/)

    // The corrected file can be imported.
    const corrected = rejects.replace(`,${short},`, `,${makeImei()},`)
    await page.getByLabel('Choose a file').setInputFiles(csv('phones.rejects.csv', corrected.trimEnd().split('\r\n')))
    await page.getByRole('button', { name: 'Import 4 rows' }).click()
    await page.getByText('Done. 4 rows: 1 added, 0 already there, 3 rejected.').waitFor()
  })

  it('accepts semicolons and a byte order mark, and registers nothing twice', async () => {
    const lines = ['\ufeffIMEI;Name', ...Array.from({ length: 30 }, (_, at) => `${makeImei()};Phone ${at}`)]
    const page = await console.open('/import')
    for (const outcome of ['30 added, 0 already there', '0 added, 30 already there']) {
      await page.getByLabel('Choose a file').setInputFiles(csv('again.csv', lines))
      await page.getByText('The first 20 rows').waitFor()
      await page.getByRole('button', { name: 'Import all rows' }).click()
      await page.getByText(`Done. 30 rows: ${outcome}, 0 rejected.`).waitFor()
    }
  })

  it('runs in batches, can be stopped, and continues where it stopped', async () => {
    const lines = ['imei', ...Array.from({ length: 3_500 }, () => makeImei())]
    const page = await console.open('/import')
    await page.getByLabel('Choose a file').waitFor()
    // The response to the second batch waits until the import is stopped.
    let batches = 0
    const stopped = Promise.withResolvers<void>()
    await page.route('**/devices/import', async (route) => {
      batches += 1
      if (batches === 2) await stopped.promise
      await route.continue().catch(() => {})
    })
    await page.getByLabel('Choose a file').setInputFiles(csv('long.csv', lines))
    await page.getByRole('button', { name: 'Import all rows' }).click()
    await page.getByText('1,000 rows: 1,000 added').waitFor()
    await page.getByText('rows a second, about').waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('Stopped. 1,000 rows').waitFor()
    stopped.resolve()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('Done. 3,500 rows: 3,500 added, 0 already there, 0 rejected.').waitFor()
    assert.equal(batches, 5, 'one request per thousand rows, and the one that was stopped')
  })

  it('is checked without storing anything, across requests, and then imported', async () => {
    const [known, twice] = [makeEmail(), makeEmail()]
    await createUser(project, { email: known, fullName: 'Before' })
    const rows = [
      `${known},After`,
      `${twice},Once`,
      ...Array.from({ length: 1_100 }, () => `${makeEmail()},x`),
      `${twice},Twice`,
    ]
    const page = await console.open('/import')
    await page.getByLabel('The file has').selectOption('Users')
    await page.getByLabel('Choose a file').setInputFiles(csv('users.csv', ['email,fullName', ...rows]))
    await page.getByRole('button', { name: 'Check without storing anything' }).click()
    await page.getByText('Checked. 1,103 rows: 1,101 new, 0 already there, 2 rejected.').waitFor()
    await page.getByText('Line 1104').waitFor()
    assert.equal((await project.call('POST', './users/search', { body: { email: twice } })).body.items.length, 0)
    await page.getByLabel('that exist already').check()
    await page.getByRole('button', { name: 'Check without storing anything' }).click()
    await page.getByText('1,101 new, 2 to change, 0 already there, 0 rejected.').waitFor()
    await page.getByRole('button', { name: 'Import all rows' }).click()
    await page.getByText('Done. 1,103 rows: 1,101 added, 2 changed, 0 already there, 0 rejected.').waitFor()
    const [user] = (await project.call('POST', './users/search', { body: { email: known } })).body.items
    assert.equal(user.fullName, 'After')
  })

  it('of SIMs is imported, with its values in any case', async () => {
    const iccid = makeIccid()
    const page = await console.open('/import?kind=sims')
    await page
      .getByLabel('Choose a file')
      .setInputFiles(csv('sims.csv', ['ICCID;Type;Status', `="${iccid}";psim;Active`]))
    await page.getByRole('button', { name: 'Import 1 row' }).click()
    await page.getByText('1 row: 1 added, 0 already there, 0 rejected.').waitFor()
    const [sim] = (await project.call('POST', './sims/search', { body: { iccid } })).body.items
    assert.deepEqual([sim.type, sim.status], ['pSIM', 'active'])
  })

  it('says what is wrong with a file that is not CSV', async () => {
    const page = await console.open('/import')
    const choose = (name: string, buffer: Buffer) =>
      page.getByLabel('Choose a file').setInputFiles({ name, mimeType: 'text/csv', buffer })
    await choose('wrong.csv', Buffer.from('serial,name\r\n1,2\r\n'))
    await page.getByText('"serial" is not a column of devices.').waitFor()
    await choose('latin.csv', Buffer.from('imei,name\r\n1,J\u00fcrgen\r\n', 'latin1'))
    await page.getByText('It looks like Windows-1252').waitFor()
    await choose('open.csv', Buffer.from('imei,name\r\n1,"Anna\r\n'))
    await page.getByText('A quote in this row is not closed.').waitFor()
  })
})
