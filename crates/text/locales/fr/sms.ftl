# Messages par SMS : passerelles, longueurs, ce qu’ils sont devenus.
by-channel-mail = courriel
by-channel-sms = SMS
letter-channel = Par
letter-sms-size = { $segments ->
    [one] un SMS
   *[other] { $segments } SMS
} ({ $units } caractères, { $encoding })
encoding-gsm7 = alphabet GSM à 7 bits
encoding-ucs2 = Unicode : un signe hors de l’alphabet GSM le rend plus cher
letter-sms-exactly = C’est exactement ce qui partira, à ce numéro ; la passerelle donne le nom de l’expéditeur.
guard-no-phone = Aucun numéro qu’un SMS puisse atteindre
guard-no-gateway = Aucune passerelle de SMS n’est configurée
guard-phone-unreachable = Le réseau a dit que ce numéro ne peut pas être joint
guard-sms-stopped = Le client a répondu STOP
guard-sms-too-long = Trop long pour un SMS : il n’est pas coupé, et ne part pas
fact-opted-out = Le client a répondu STOP : plus de SMS
fact-opted-in = Le client accepte de nouveau les SMS
fact-phone-unreachable = Ce numéro ne peut pas être joint par SMS
fact-delivered = Le réseau dit que le SMS est arrivé
fact-undelivered = Le SMS n’est pas arrivé : le client n’est pas prévenu
fate-delivered = Arrivé sur le téléphone, dit le réseau, { $when }.
fate-undelivered = Pas arrivé, dit le réseau, { $when } ({ $code }).
fact3-sms-stopped = STOP reçu
fact3-phone-bounced = Numéro injoignable
fact3-sms = SMS
sms-can = peut être joint
sms-cannot = pas de mobile connu
health-sms = SMS
sms-gateway-none = aucune passerelle : tout part par courriel
sms-gateway-twilio = Twilio
sms-gateway-ovh-sms = OVHcloud
sms-gateway-sms-http = une passerelle par HTTP
carrier-twilio = Twilio
carrier-ovh-sms = OVHcloud SMS
carrier-sms-http = Passerelle SMS (HTTP)
playbook-by-channels = par { $channels } : dans cet ordre, le premier qui peut joindre le client
