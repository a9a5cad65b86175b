### Connexion, premier démarrage, et ce que disent les pages quand quelque chose ne marche pas, en français.
### Une erreur a un titre, ce qui s'est passé et ce qui a été gardé, et ce qu'on peut faire.

## Connexion
sign-in-title = Connexion
sign-in-email = Adresse mail
sign-in-password = Mot de passe
sign-in-act = Se connecter
sign-in-wrong = Cette adresse et ce mot de passe ne vont pas ensemble. Rien n’a été modifié ; vérifiez les deux et réessayez.

## Premier démarrage
welcome-title = Bienvenue dans Kept
welcome-intro = Personne ne peut encore se connecter ici. Créez le compte du premier administrateur ; d’autres personnes pourront ensuite être ajoutées dans les réglages.
welcome-name = Votre nom
welcome-language = Langue de vos pages
welcome-password-rule = Au moins 12 caractères. Une phrase à laquelle vous seul penseriez fait un bon mot de passe.
welcome-act = Commencer
welcome-name-missing = Écrivez votre nom tel que vos collègues le connaissent, en 200 caractères au plus.
welcome-address-wrong = Ce n’est pas une adresse mail. Elle devrait ressembler à ada@boutique.example.
password-too-short = Le mot de passe a moins de 12 caractères. Allongez-le.
password-too-long = Le mot de passe dépasse 1024 octets. Raccourcissez-le.
password-easily-guessed = Ce mot de passe est facile à deviner : c’est le nom ou l’adresse, ou toujours le même caractère. Choisissez-en un autre.

## Erreurs
error-back = Continuer depuis la page d’accueil
error-status = Code pour l’assistance :

error-not-found-title = Il n’y a rien ici
error-not-found-text = Cette adresse ne mène nulle part, ou ce qui s’y trouvait n’y est plus.
error-not-found-do = Vérifiez l’adresse, ou cherchez la commande, le colis ou la personne par son numéro.

error-forbidden-title = Votre rôle ne va pas jusque-là
error-forbidden-text = Vous êtes bien connecté, mais il faut pour cela un rôle plus étendu. Rien n’a été modifié.
error-forbidden-do = Demandez à un superviseur ou à un administrateur de le faire, ou de vous donner ce rôle.

error-sign-in-title = Vous êtes déconnecté
error-sign-in-text = Votre session est terminée, ou elle a été fermée parce que votre compte a changé. Ce que vous avez envoyé n’a pas été fait.
error-sign-in-do = Reconnectez-vous, puis envoyez-le de nouveau.

error-form-expired-title = Ce formulaire n’est plus à jour
error-form-expired-text = Il a été préparé pour une autre session et n’a donc pas été pris. Rien n’a été modifié.
error-form-expired-do = Revenez en arrière, rechargez la page et envoyez le formulaire depuis celle-ci.

error-foreign-title = Cela vient d’ailleurs
error-foreign-text = Votre navigateur indique qu’un autre site a envoyé ce formulaire. Il n’a pas été pris, et rien n’a été modifié.
error-foreign-do = Ouvrez vous-même la page ici et envoyez le formulaire depuis celle-ci. Si c’est ce que vous avez fait, votre navigateur ou un proxy cache d’où vient le formulaire.

error-bad-request-title = Impossible de lire cet envoi
error-bad-request-text = Il manque quelque chose dans ce qui a été envoyé, ou sa forme n’est pas comprise. Rien n’a été modifié.
error-bad-request-do = Revenez en arrière, rechargez la page et réessayez.

error-invalid-title = Cela ne va pas ensemble
error-invalid-text = Ce qui a été saisi est lisible, mais ne peut pas être fait. Rien n’a été modifié.
error-invalid-do = Revenez en arrière et vérifiez votre saisie.

error-conflict-title = Quelqu’un a été plus rapide
error-conflict-text = Cela a changé depuis que vous avez ouvert la page et ne peut plus être fait. Vous n’avez rien modifié.
error-conflict-do = Revenez en arrière, rechargez la page et voyez où en sont les choses.

error-too-many-title = Trop d’essais
error-too-many-text = Il y a eu trop d’essais en peu de temps ; celui-ci n’a pas été examiné.
error-too-many-do = { $minutes ->
    [one] Attendez une minute, puis réessayez.
   *[other] Attendez { $minutes } minutes, puis réessayez.
}

error-too-large-title = C’est trop volumineux
error-too-large-text = L’envoi dépasse ce qui est accepté ici en une fois. Rien n’a été enregistré.
error-too-large-do = Envoyez moins, ou en plusieurs fois.

error-busy-title = Un instant, s’il vous plaît
error-busy-text = Trop de personnes font cela au même moment. Rien n’est perdu, et rien n’a été modifié.
error-busy-do = Réessayez dans quelques secondes.

error-unavailable-title = Rien ne peut être enregistré pour le moment
error-unavailable-text = La base de données est injoignable : rien n’a été pris qui pourrait ensuite se perdre. Ce qui était enregistré est en sécurité.
error-unavailable-do = Réessayez dans une minute. Si cela dure, prévenez la personne qui gère cette installation.

error-internal-title = Un problème est survenu chez nous
error-internal-text = Il a été noté pour la personne qui gère cette installation. Ce qui était enregistré est en sécurité.
error-internal-do = Réessayez. Si cela persiste, dites-lui à quel moment c’est arrivé.
