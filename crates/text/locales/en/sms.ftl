# Text messages: gateways, sizes, what became of them.
by-channel-mail = mail
by-channel-sms = text message
letter-channel = By
letter-sms-size = { $segments ->
    [one] one text message
   *[other] { $segments } text messages
} ({ $units } characters, { $encoding })
encoding-gsm7 = 7-bit GSM alphabet
encoding-ucs2 = Unicode: a sign outside the GSM alphabet makes it dearer
letter-sms-exactly = This is exactly what will leave, to this number; the gateway gives the sender’s name.
guard-no-phone = No phone number that a text message can reach
guard-no-gateway = No gateway of text messages is set up
guard-phone-unreachable = The network said that this number cannot be reached
guard-sms-stopped = The customer answered STOP
guard-sms-too-long = Too long for a text message: it is not cut, and does not leave
fact-opted-out = The customer answered STOP: no more text messages
fact-opted-in = The customer takes text messages again
fact-phone-unreachable = This number cannot be reached by text message
fact-delivered = The network says that the text message arrived
fact-undelivered = The text message did not arrive: the customer is not told
fate-delivered = Arrived on the phone, says the network, { $when }.
fate-undelivered = Did not arrive, says the network, { $when } ({ $code }).
fact3-sms-stopped = STOP received
fact3-phone-bounced = Number unreachable
fact3-sms = Text messages
sms-can = can be reached
sms-cannot = no mobile number known
health-sms = Text messages
sms-gateway-none = none: messages go by mail only
sms-gateway-twilio = Twilio
sms-gateway-ovh-sms = OVHcloud
sms-gateway-sms-http = a gateway by HTTP
carrier-twilio = Twilio
carrier-ovh-sms = OVHcloud SMS
carrier-sms-http = SMS gateway (HTTP)
playbook-by-channels = by { $channels }, whichever reaches the customer first in this order
