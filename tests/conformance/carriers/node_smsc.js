#!/usr/bin/env node
// An SMSC on node-smpp, written by others than cpgw: judges what our SMPP carrier really sends.
//
//   node node_smsc.js --port 0 --system-id X --password Y --record FILE [--receipt-delay MS]
//
// Prints "port N" once it listens. Every submit_sm becomes one JSON line in FILE. Answers with
// hexadecimal message ids and sends receipts with decimal ones, as many centres do. Ends on SIGTERM.
'use strict';
const fs = require('fs');

let smpp;
try {
  smpp = require('smpp');
} catch (error) {
  console.error('node-smpp is missing: run "npm ci --ignore-scripts --prefix tests"');
  process.exit(3);
}

const options = {port: '0', 'system-id': '', password: '', record: '', 'receipt-delay': '0'};
for (let i = 2; i < process.argv.length; i += 2) {
  const name = process.argv[i].replace(/^--/, '');
  if (!(name in options) || process.argv[i + 1] === undefined) {
    console.error(`node_smsc.js: unknown or incomplete option ${process.argv[i]}`);
    process.exit(2);
  }
  options[name] = process.argv[i + 1];
}
const record = options.record === '' ? null : fs.openSync(options.record, 'a');
let lastId = 0x39f99dd4;

function udhOctets(udh) {
  if (Buffer.isBuffer(udh)) return udh;
  const elements = Buffer.concat(udh);
  return Buffer.concat([Buffer.from([elements.length]), elements]);
}

function submitted(session, pdu) {
  const id = ++lastId;
  const text = pdu.short_message || {};
  const message = Buffer.isBuffer(text.message) ? text.message : Buffer.from(text.message || '', 'latin1');
  if (record !== null) {
    fs.writeSync(record, JSON.stringify({
      id: id.toString(16),
      source: pdu.source_addr, source_ton: pdu.source_addr_ton, source_npi: pdu.source_addr_npi,
      destination: pdu.destination_addr, destination_ton: pdu.dest_addr_ton, destination_npi: pdu.dest_addr_npi,
      esm_class: pdu.esm_class, data_coding: pdu.data_coding, protocol_id: pdu.protocol_id,
      registered_delivery: pdu.registered_delivery, user_message_reference: pdu.user_message_reference,
      udh: text.udh ? udhOctets(text.udh).toString('hex') : '',
      message: message.toString('hex'),
    }) + '\n');
  }
  session.send(pdu.response({message_id: id.toString(16)}));
  if ((pdu.registered_delivery & 3) === 0) return;
  setTimeout(() => {
    const receipt = `id:${id} sub:001 dlvrd:001 submit date:2611221430 done date:2611221431 stat:DELIVRD err:000 text:`;
    session.deliver_sm({
      source_addr_ton: 1, source_addr_npi: 1, source_addr: pdu.destination_addr,
      destination_addr: pdu.source_addr, esm_class: 4,
      short_message: receipt,
    });
  }, Number(options['receipt-delay']));
}

const server = smpp.createServer({}, (session) => {
  session.on('error', () => session.close());
  const bind = (pdu) => {
    session.pause();
    const known = pdu.system_id === options['system-id'] && pdu.password === options.password;
    session.send(pdu.response(known ? {system_id: 'NODESMSC'} : {command_status: smpp.ESME_RINVPASWD}));
    if (known) {
      session.resume();
    } else {
      session.close();
    }
  };
  session.on('bind_transceiver', bind);
  session.on('bind_transmitter', bind);
  session.on('bind_receiver', bind);
  session.on('submit_sm', (pdu) => submitted(session, pdu));
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
});
server.on('error', (error) => { console.error(`node_smsc.js: ${error.message}`); process.exit(4); });
server.listen(Number(options.port), '127.0.0.1', () => console.log(`port ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
